package tracker

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// WriteMeasure writes a measure in the form that [ReadMeasure] reads, stable to
// the byte.
func WriteMeasure(m *Measure) []byte { return written(measureRecord.write(*m)) }

// WriteFacts writes facts in the layout that [ReadFacts] reads, by path. What
// belongs to somebody, reviews, and articles are left out.
func WriteFacts(f Facts) map[string][]byte {
	files := map[string][]byte{}
	for _, m := range f.Measures {
		files[m.ID+".yaml"] = WriteMeasure(m)
	}
	for _, c := range f.Calendars {
		files["calendars/"+strings.ToLower(c.ID)+".yaml"] = written(calendarRecord.write(c))
	}
	writeCompanion(files, "goods.yaml", goodsFile, f.Goods)
	writeCompanion(files, "entities.yaml", entitiesFile, f.Entities)
	writeCompanion(files, "commitments.yaml", commitmentsFile, f.Commitments)
	writeCompanion(files, "indicators.yaml", indicatorsFile, f.Indicators)
	return files
}

func writeCompanion[T any](files map[string][]byte, name string, file companionFile[T], list []T) {
	if len(list) > 0 {
		files[name] = append([]byte(file.comment), written(file.record.write(list))...)
	}
}

// written is a node as text. Lines are never broken within a value, so that a
// changed word changes one line.
func written(n *yaml.Node) []byte {
	data, err := yaml.Dump(n, yaml.WithIndent(2), yaml.WithLineWidth(-1))
	if err != nil {
		panic(err) // the forms make no node that cannot be written
	}
	return data
}

package tracker

import (
	"cmp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// fieldWords names the fields of an event that corrections most often set.
var fieldWords = map[string]Text{
	"on": {"from", "自"}, "until": {"last day", "末日"}, "to": {"to", "改为"}, "reason": {"reason", "原因"},
	"basis": {"basis", "依据"}, "rate": {"rate", "税率"}, "goods": {"goods", "货物"}, "becomes": {"is", "实为"}, "publication": {"published", "公布"},
}

// CorrectionWords say what a correction or withdrawal changes in the event that
// it is of; empty for every other event.
func (e Event) CorrectionWords() Text {
	switch e.What {
	case Withdrawn:
		return Text{e.Of + " was withdrawn", e.Of + " 已撤回"}
	case Corrected:
		en, zh := []string{}, []string{}
		for _, f := range eventRecord.fields {
			if slices.Contains([]string{"id", "what", "of", "published", "evidence", "sources", "note", "clear"}, f.key) {
				continue
			}
			if n := f.write(&e); n != nil {
				words := fieldWords[f.key]
				en = append(en, strings.TrimSpace(cmp.Or(words.EN, f.key)+" "+scalarOf(n)))
				zh = append(zh, strings.TrimSpace(cmp.Or(words.ZH, f.key)+" "+scalarOf(n)))
			}
		}
		for _, key := range e.Clear {
			en, zh = append(en, "no "+key), append(zh, "无 "+key)
		}
		return Text{e.Of + ": " + strings.Join(en, ", "), e.Of + "：" + strings.Join(zh, "，")}
	}
	return Text{}
}

// scalarOf is the value of a field, where it is a plain one.
func scalarOf(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode {
		return n.Value
	}
	return ""
}

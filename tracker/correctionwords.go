package tracker

import (
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
// it is of; empty for every other event, and where only words and sources differ:
// nothing that anybody was told has changed then.
func (e Event) CorrectionWords() Text {
	switch e.What {
	case Withdrawn:
		return Text{e.Of + " was withdrawn", e.Of + " 已撤回"}
	case Corrected:
		en, zh := e.corrects()
		if len(en) == 0 {
			return Text{}
		}
		return Text{e.Of + ": " + strings.Join(en, ", "), e.Of + "：" + strings.Join(zh, "，")}
	}
	return Text{}
}

// corrects lists what a correction sets and clears, but for words and sources.
func (e Event) corrects() (en, zh []string) {
	for _, f := range eventRecord.fields {
		n := f.write(&e)
		if n == nil || slices.Contains([]string{"id", "what", "of", "published", "evidence", "seed", "sources", "note", "clear"}, f.key) {
			continue
		}
		words, ok := fieldWords[f.key]
		if f.key == "until" && e.Until.Precision() == Instant {
			words = Text{"stops", "止于"} // within a day, which is no last day
		}
		if !ok {
			words = Text{f.key, f.key}
		}
		if n.Kind != yaml.ScalarNode {
			en, zh = append(en, words.EN+" changed"), append(zh, words.ZH+"有变")
			continue
		}
		en, zh = append(en, words.EN+" "+n.Value), append(zh, words.ZH+" "+n.Value)
	}
	if e.Evidence != "" && (e.Evidence != Official || len(en) == 0) { // else it is the correction's own that is official
		en, zh = append(en, "evidence "+string(e.Evidence)), append(zh, "证据 "+string(e.Evidence))
	}
	for _, key := range e.Clear {
		if key != "note" && key != "sources" {
			en, zh = append(en, "no "+key), append(zh, "无 "+key)
		}
	}
	return en, zh
}

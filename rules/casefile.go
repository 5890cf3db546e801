package rules

import (
	"errors"
	"fmt"
	"time"

	"go.yaml.in/yaml/v4"

	"derisk/tracker"
)

// Limits of the tests in a rule file.
const (
	maxCases = 200
	maxGiven = 100 // facts of one test
)

// readTests reads the tests of a rule file.
func (p *fileReader) readTests(n *yaml.Node) {
	if n.Kind != yaml.SequenceNode || len(n.Content) > maxCases {
		p.fail(n, "tests", "write - name: …, at: …, given: […], fires: […]", fmt.Sprintf("must be a list of at most %d tests", maxCases))
		return
	}
	for _, entry := range n.Content {
		if p.full() {
			return
		}
		p.readCase(entry)
	}
}

func (p *fileReader) readCase(n *yaml.Node) {
	values := p.mapping(n, "tests", keyNames(caseKeys))
	if values == nil {
		return
	}
	c := Case{Line: n.Line}
	for _, key := range []string{"name", "at", "given", "fires"} {
		if values[key] == nil && (key != "fires" || values["resolved"] == nil) {
			p.fail(n, "tests", "write "+caseExamples[key], fmt.Sprintf("a test needs the key %q", key))
			return
		}
	}
	c.Name, _ = p.text(values["name"], "tests.name")
	c.At = p.instant(values["at"], "tests.at")
	c.Fires = p.words(values["fires"], "tests.fires")
	c.Resolved = p.words(values["resolved"], "tests.resolved")
	c.Given = p.readGiven(values["given"])
	if says := values["says"]; says != nil {
		parts := p.mapping(says, "tests.says", keyNames(saysKeys))
		for lang, into := range map[string]*string{"en": &c.Says.EN, "zh": &c.Says.ZH} {
			if parts[lang] != nil {
				*into, _ = p.text(parts[lang], "tests.says."+lang)
			}
		}
	}
	p.rule.Cases = append(p.rule.Cases, c)
}

// caseExamples show the keys that no test can do without.
var caseExamples = map[string]string{
	"name":  "name: thirty days before the last day",
	"at":    "at: 2026-10-11T09:00:00+08:00",
	"given": "given: [cn-mofcom-2025-58]",
	"fires": "fires: [cn-mofcom-2025-58], or fires: [] for none",
}

// instant is a time with its offset, or in the rule's zone.
func (p *fileReader) instant(n *yaml.Node, key string) time.Time {
	text, ok := p.text(n, key)
	if !ok {
		return time.Time{}
	}
	d, err := tracker.ParseDate(text)
	if err != nil || d.Precision() != tracker.Instant {
		p.fail(n, key, "write 2026-10-11T09:00:00+08:00", fmt.Sprintf("%.60q is not a time", text))
		return time.Time{}
	}
	return d.First(p.rule.Zone)
}

// words is a list of texts; none where n is nil.
func (p *fileReader) words(n *yaml.Node, key string) (list []string) {
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode || len(n.Content) > maxGiven {
		p.fail(n, key, "write [cn-mofcom-2025-58], or [] for none", fmt.Sprintf("must be a list of at most %d ids", maxGiven))
		return nil
	}
	for _, entry := range n.Content {
		if text, ok := p.text(entry, key); ok {
			list = append(list, text)
		}
	}
	return list
}

func (p *fileReader) readGiven(n *yaml.Node) (list []Given) {
	if n.Kind != yaml.SequenceNode || len(n.Content) > maxGiven {
		p.fail(n, "tests.given", "write [cn-mofcom-2025-58]", fmt.Sprintf("must be a list of at most %d facts", maxGiven))
		return nil
	}
	for _, entry := range n.Content {
		if entry.Kind != yaml.MappingNode {
			if id, ok := p.text(entry, "tests.given"); ok {
				list = append(list, Given{ID: id})
			}
			continue
		}
		list = append(list, p.readFact(entry))
	}
	return list
}

// readFact reads a measure in full, or {review: {…}}, or {article: {…}}.
func (p *fileReader) readFact(n *yaml.Node) Given {
	if len(n.Content) == 2 {
		switch n.Content[0].Value {
		case "review":
			return Given{Review: p.readReview(n.Content[1])}
		case "article":
			return Given{Article: p.readArticle(n.Content[1])}
		}
	}
	m, err := tracker.ReadMeasureNode(p.file, n)
	if err == nil {
		return Given{Measure: m}
	}
	faults, ok := errors.AsType[tracker.Faults](err)
	if !ok {
		p.fail(n, "tests.given", "", err.Error())
	}
	for _, f := range faults {
		p.tell(&Error{File: p.file, Line: f.Line, Column: f.Column, Key: "tests.given", Message: f.Message})
	}
	return Given{}
}

func (p *fileReader) readReview(n *yaml.Node) *tracker.Review {
	key := "tests.given.review"
	r := &tracker.Review{Owner: "local"}
	values := p.mapping(n, key, keyNames(reviewKeys))
	for name, into := range map[string]*string{"id": &r.ID, "measure": &r.Measure, "name": &r.Name} {
		if values[name] != nil {
			*into, _ = p.text(values[name], key+"."+name)
		}
	}
	r.Accepted = p.date(values["accepted"], key+".accepted")
	r.Decided = p.date(values["decided"], key+".decided")
	if stops := values["stops"]; stops != nil {
		for _, entry := range stops.Content {
			parts := p.mapping(entry, key+".stops", keyNames(stopKeys))
			r.Stops = append(r.Stops, tracker.Stop{On: p.date(parts["on"], key+".stops.on"), Resumed: p.date(parts["resumed"], key+".stops.resumed")})
		}
	}
	if r.ID == "" || r.Measure == "" || r.Accepted.IsZero() {
		p.fail(n, key, "write {id: r1, measure: cn-mofcom-2025-18, accepted: 2026-10-09}", "needs id, measure and accepted")
	}
	return r
}

// date is a date, or none where n is nil.
func (p *fileReader) date(n *yaml.Node, key string) tracker.Date {
	if n == nil {
		return tracker.Date{}
	}
	text, _ := p.text(n, key)
	d, err := tracker.ParseDate(text)
	if err != nil {
		p.fail(n, key, "write 2026-10-11", err.Error())
	}
	return d
}

func (p *fileReader) readArticle(n *yaml.Node) *tracker.Article {
	key := "tests.given.article"
	a := &tracker.Article{}
	values := p.mapping(n, key, keyNames(articleKeys))
	for name, into := range map[string]*string{"id": &a.ID, "title": &a.Title, "publisher": &a.Publisher, "text": &a.Lead} {
		if values[name] != nil {
			*into, _ = p.text(values[name], key+"."+name)
		}
	}
	for _, id := range p.words(values["measures"], key+".measures") {
		a.Mentions = append(a.Mentions, tracker.Mention{Measure: id})
	}
	if a.ID == "" || a.Title == "" || values["at"] == nil {
		p.fail(n, key, "write {id: a1, title: …, at: 2026-10-11T09:00:00Z}", "needs id, title and at")
		return a
	}
	a.At = p.instant(values["at"], key+".at")
	return a
}

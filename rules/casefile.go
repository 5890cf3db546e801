package rules

import (
	"errors"
	"fmt"
	"strings"
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
	values := p.caseMapping(n, "tests", caseKeys)
	if values == nil {
		return
	}
	c := Case{}
	c.Name, _ = p.text(values["name"], "tests.name")
	var ok bool
	if c.Step, ok = p.readStep(n, values, "tests"); !ok {
		return
	}
	c.Then = p.readThen(values["then"], c.At)
	p.rule.Cases = append(p.rule.Cases, c)
}

// readStep reads what the first step of a test and the later ones share.
func (p *fileReader) readStep(n *yaml.Node, values map[string]*yaml.Node, key string) (Step, bool) {
	if values["fires"] == nil && values["resolved"] == nil {
		p.needs(n, key, firesKey)
		return Step{}, false
	}
	s := Step{Line: n.Line, At: p.instant(values["at"], key+".at")}
	if given := values["given"]; given != nil {
		s.Given = p.readGiven(given)
	}
	s.Fires = p.words(values["fires"], key+".fires")
	s.Resolved = p.words(values["resolved"], key+".resolved")
	s.Says = p.readSays(values["says"])
	s.Posts = p.readPosts(values["posts"])
	return s, true
}

func (p *fileReader) readSays(n *yaml.Node) (t tracker.Text) {
	if n == nil {
		return t
	}
	parts := p.caseMapping(n, "tests.says", saysKeys)
	for lang, into := range map[string]*string{"en": &t.EN, "zh": &t.ZH} {
		if parts[lang] != nil {
			*into, _ = p.text(parts[lang], "tests.says."+lang)
		}
	}
	return t
}

const maxSteps = 50

// readThen reads the later steps of a test.
func (p *fileReader) readThen(n *yaml.Node, after time.Time) (steps []Step) {
	const key = "tests.then"
	keys := stepKeys(false)
	for _, entry := range p.list(n, key, maxSteps) {
		values := p.caseMapping(entry, key, keys)
		if values == nil {
			continue
		}
		s, ok := p.readStep(entry, values, key)
		if ok && !s.At.IsZero() && !s.At.After(after) {
			p.fail(values["at"], key+".at", "", "a step must come after the one before it")
		}
		steps, after = append(steps, s), s.At
	}
	return steps
}

// listExamples show an entry of each list of mappings.
var listExamples = map[string]string{
	"tests.then":               "- {at: 2026-10-12T09:00:00+08:00, fires: []}",
	"tests.posts":              "- {filter: \"tag:graphite\", at: 2026-10-11T09:00:00+08:00}",
	"tests.given.review.stops": "- {on: 2026-10-20, resumed: 2026-11-02}",
}

// list is the entries of a list; none where n is nil.
func (p *fileReader) list(n *yaml.Node, key string, most int) []*yaml.Node {
	switch {
	case n == nil:
		return nil
	case n.Kind != yaml.SequenceNode || len(n.Content) > most:
		p.fail(n, key, "write "+listExamples[key], fmt.Sprintf("must be a list of at most %d entries", most))
		return nil
	}
	return n.Content
}

// subscriberZone reads the name of a subscription's zone; what is wrong leaves the one there was.
func (p *fileReader) subscriberZone(n *yaml.Node, key, former string) string {
	name, ok := p.text(n, key)
	if !ok {
		return former
	}
	zone, hint, err := parseZone(name)
	if err != nil {
		p.fail(n, key, hint, err.Error())
		return former
	}
	return zone.String()
}

const maxPosts = 50

// readPosts reads what subscriptions are to make of a step.
func (p *fileReader) readPosts(n *yaml.Node) (posts []Posting) {
	for _, entry := range p.list(n, "tests.posts", maxPosts) {
		if values := p.caseMapping(entry, "tests.posts", postKeys); values != nil {
			posts = append(posts, p.readPosting(entry, values))
		}
	}
	return posts
}

func (p *fileReader) readPosting(n *yaml.Node, values map[string]*yaml.Node) Posting {
	const key = "tests.posts"
	w := Posting{Line: n.Line, To: p.readSubscription(values)}
	if at := values["at"]; at.Value != "never" {
		w.At = p.instantOr(at, key+".at", ", or never")
	}
	if because := values["because"]; because != nil {
		oneOf(p, because, key+".because", planCauses, &w.Because)
	}
	if says := values["says"]; says != nil {
		w.Says, _ = p.text(says, key+".says")
	}
	if tells := values["tells"]; tells != nil {
		w.Tells = append([]string{}, p.words(tells, key+".tells")...)
	}
	return w
}

// readSubscription reads the subscription of a posting. What is left out is as
// whoever types /alert subscribe gets it, in the rule's zone.
func (p *fileReader) readSubscription(values map[string]*yaml.Node) tracker.Subscription {
	const key = "tests.posts"
	s := tracker.Subscription{ID: "test", Owner: "local", Lang: "en", Zone: p.rule.Zone.String(), Deliver: tracker.AtOnce}
	if zone := values["zone"]; zone != nil {
		s.Zone = p.subscriberZone(zone, key+".zone", s.Zone)
	}
	for _, k := range []struct {
		name string
		into *string
	}{{"filter", &s.Filter}, {"lang", &s.Lang}, {"quiet", &s.Quiet}, {"owner", &s.Owner}} {
		n := values[k.name]
		if n == nil {
			continue
		}
		former := *k.into
		text, ok := p.text(n, key+"."+k.name)
		*k.into = text
		if err := s.Check(); ok && err != nil {
			p.fail(n, key+"."+k.name, "", err.Error())
			*k.into = former
		}
	}
	if deliver := values["deliver"]; deliver != nil {
		oneOf(p, deliver, key+".deliver", tracker.Delivers(), &s.Deliver)
	}
	return s
}

// instant is a time with its offset, or in the rule's zone.
func (p *fileReader) instant(n *yaml.Node, key string) time.Time { return p.instantOr(n, key, "") }

// instantOr is instant where something else could stand, too.
func (p *fileReader) instantOr(n *yaml.Node, key, or string) time.Time {
	text, ok := p.text(n, key)
	if !ok {
		return time.Time{}
	}
	d, err := tracker.ParseDate(text)
	if err != nil || d.Precision() != tracker.Instant {
		p.fail(n, key, "write 2026-10-11T09:00:00+08:00"+or, fmt.Sprintf("%.60q is not a time", text))
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

// readFact reads a measure in full, or {review: {…}} and the like.
func (p *fileReader) readFact(n *yaml.Node) (g Given) {
	kind := ""
	if len(n.Content) == 2 {
		kind = n.Content[0].Value
	}
	var err error
	switch kind {
	case "review":
		g.Review = p.readReview(n.Content[1])
	case "article":
		g.Article = p.readArticle(n.Content[1])
	case "commitment":
		g.Commitment, err = tracker.ReadCommitmentNode(p.file, n.Content[1])
	case "indicator":
		g.Indicator, err = tracker.ReadIndicatorNode(p.file, n.Content[1])
	default:
		kind = ""
		g.Measure, err = tracker.ReadMeasureNode(p.file, n)
	}
	if err != nil {
		p.failFact(n, strings.TrimSuffix("tests.given."+kind, "."), err)
	}
	return g
}

// failFact tells what is wrong in a fact that is written out.
func (p *fileReader) failFact(n *yaml.Node, key string, err error) {
	faults, ok := errors.AsType[tracker.Faults](err)
	if !ok {
		p.fail(n, key, "", err.Error())
	}
	for _, f := range faults {
		e := &Error{File: p.file, Line: f.Line, Column: f.Column, Key: key, Message: f.Message}
		if f.Line >= 1 && f.Line <= len(p.lines) {
			e.quote(p.lines[f.Line-1])
		}
		p.tell(e)
	}
}

func (p *fileReader) readReview(n *yaml.Node) *tracker.Review {
	const key = "tests.given.review"
	r := &tracker.Review{Owner: "local"}
	values := p.caseMapping(n, key, reviewKeys)
	for name, into := range map[string]*string{"id": &r.ID, "measure": &r.Measure, "name": &r.Name} {
		if values[name] != nil {
			*into, _ = p.text(values[name], key+"."+name)
		}
	}
	r.Accepted = p.date(values["accepted"], key+".accepted")
	r.Decided = p.date(values["decided"], key+".decided")
	for _, entry := range p.list(values["stops"], key+".stops", maxSteps) {
		parts := p.caseMapping(entry, key+".stops", stopKeys)
		r.Stops = append(r.Stops, tracker.Stop{On: p.date(parts["on"], key+".stops.on"), Resumed: p.date(parts["resumed"], key+".stops.resumed")})
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
	const key = "tests.given.article"
	a := &tracker.Article{}
	values := p.caseMapping(n, key, articleKeys)
	if values == nil {
		return a
	}
	for name, into := range map[string]*string{"id": &a.ID, "title": &a.Title, "publisher": &a.Publisher, "text": &a.Lead} {
		if values[name] != nil {
			*into, _ = p.text(values[name], key+"."+name)
		}
	}
	for _, id := range p.words(values["measures"], key+".measures") {
		a.Mentions = append(a.Mentions, tracker.Mention{Measure: id})
	}
	a.At = p.instant(values["at"], key+".at")
	return a
}

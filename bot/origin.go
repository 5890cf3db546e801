package bot

import (
	"context"

	"derisk/tracker"
)

// explainPost tells why a post was sent: of its one firing at once, of several
// which there are.
func explainPost(ctx context.Context, env Env, r Request) (Reply, error) {
	p, err := ownPost(ctx, env, r)
	if err != nil {
		return Reply{}, err
	}
	reply := Reply{Title: text("Explain which?", "说明哪一条？").In(r.Lang), Ephemeral: true}
	s := Section{}
	for _, t := range p.Tellings() {
		if t.Own() {
			s.Items = append(s.Items, say("%s: derisk tells of itself; see rule list", "%s：derisk 自身的消息，见 rule list", t.Rule).In(r.Lang))
			continue
		}
		s.Items = append(s.Items, say("%s of %s: %s", "%s · %s：%s", t.Rule, t.Subject, t.Message).In(r.Lang))
		reply.Offers = append(reply.Offers, Offer{Label: t.Subject, Command: "rule firing", Args: map[string]string{"id": t.ID}})
	}
	if len(reply.Offers) == 1 && len(s.Items) == 1 {
		r.Args = reply.Offers[0].Args
		reply, err := explainFiring(ctx, env, r)
		reply.Ephemeral = true
		return reply, err
	}
	reply.Data = p
	reply.add(s)
	return reply, nil
}

// showSources lists the sources of the facts that a post's firings rest on.
func showSources(ctx context.Context, env Env, r Request) (Reply, error) {
	p, err := ownPost(ctx, env, r)
	if err != nil {
		return Reply{}, err
	}
	if env.Facts == nil {
		return Reply{}, noneHere("facts", "事实")
	}
	snapshot, err := env.Facts.Snapshot(ctx)
	if err != nil {
		return Reply{}, err
	}
	known := sourcesOf(snapshot, factsOf(p), r.Lang)
	reply := Reply{Title: text("Sources", "来源").In(r.Lang), Ephemeral: true}
	data := []FiringSources{}
	for _, t := range p.Tellings() {
		s := Section{Heading: t.Rule + " · " + t.Subject}
		one := FiringSources{Firing: t.ID, Facts: t.Facts}
		for _, fact := range t.Facts {
			for _, l := range known[fact] {
				s.addLink(l)
			}
		}
		one.Sources = s.Links
		if len(s.Links) == 0 {
			s.Lines = []string{text("Its facts name no source.", "所依事实未注明来源。").In(r.Lang)}
		}
		data = append(data, one)
		reply.add(s)
	}
	reply.Data = data
	return reply, nil
}

// FiringSources are the sources of the facts that a firing rests on.
type FiringSources struct {
	Firing  string   `json:"firing"`
	Facts   []string `json:"facts"`
	Sources []Link   `json:"sources"`
}

// addLink adds a link that is not there yet.
func (s *Section) addLink(l Link) {
	for _, have := range s.Links {
		if have == l {
			return
		}
	}
	s.Links = append(s.Links, l)
}

// factsOf are the ids of the facts that a post's firings rest on.
func factsOf(p tracker.Post) map[string]bool {
	all := map[string]bool{}
	for _, f := range p.Firings {
		for _, id := range f.Facts {
			all[id] = true
		}
	}
	return all
}

// sourcesOf are the sources of those facts that are wanted, by id. A figure's is
// that of its indicator and period, joined by #.
func sourcesOf(s *tracker.Snapshot, wanted map[string]bool, lang string) map[string][]Link {
	of := map[string][]Link{}
	add := func(id string, sources ...tracker.Source) {
		if wanted[id] {
			for _, source := range sources {
				of[id] = append(of[id], sourceLink(source, lang))
			}
		}
	}
	for _, m := range s.Measures {
		for i := range m.Events {
			add(m.Events[i].ID, m.Events[i].Sources...)
		}
	}
	for _, c := range s.Commitments {
		add(c.ID, c.Sources...)
	}
	for _, i := range s.Indicators {
		for _, o := range i.Observations {
			add(i.ID+"#"+o.Period, o.Source)
		}
	}
	for _, a := range s.Articles {
		add(a.ID, tracker.Source{Title: a.Title, Publisher: a.Publisher, URL: a.URL, Date: tracker.DayOf(a.At)})
	}
	return of
}

package tracker

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestFindTags(t *testing.T) {
	s := goodsSnapshot(t)
	for _, c := range []struct {
		text string
		want []string
	}{
		{"Is artificial graphite to the US controlled today?", []string{"artificial-graphite"}},
		{"ARTIFICIAL GRAPHITE ANODES", []string{"artificial-graphite", "graphite-anode"}},
		{"人造石墨负极材料对美出口受管制吗？", []string{"graphite-anode", "artificial-graphite"}},
		{"rare earth magnets and gallium", []string{"rare-earth-magnet", "gallium"}},
		{"稀土永磁材料", []string{"rare-earth-magnet"}},
		{"中重稀土", []string{"medium-heavy-rare-earth"}},
		{"NdFeB磁体", []string{"rare-earth-magnet"}},
		{"lithium ion battery", []string{"lithium-battery"}},
		{"batteries", []string{"battery"}},
		{"两用物项清单", []string{"dual-use"}},
		{"natural, graphite", []string{"graphite"}},
		{"a chipped shipment of galliumesque soybeanery", nil},
		{"", nil},
	} {
		var got []string
		for _, tag := range s.FindTags(c.text) {
			got = append(got, tag.Slug)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: %v, want %v", c.text, got, c.want)
		}
	}
}

func TestResolve(t *testing.T) {
	s := goodsSnapshot(t)
	for _, c := range []struct {
		words, hs string
		tags      []string
	}{
		{"850760", "850760", nil},
		{"8507.60.00", "85076000", nil},
		{"hs 8507 60", "850760", nil},
		{"lithium-battery", "", []string{"lithium-battery"}},
		{"Lithium-Ion Batteries", "", []string{"lithium-battery"}},
		{"lithium battery", "", []string{"lithium-battery"}},
		{"动力电池", "", []string{"lithium-battery"}},
		{"artificial graphite anode", "", []string{"artificial-graphite", "graphite-anode"}},
		{"rare earth: a NdFeB magnet", "", []string{"rare-earth-magnet"}},
		{"graphite", "", []string{"graphite"}},
	} {
		got, err := s.Resolve(c.words)
		if err != nil || got.HS != c.hs || !slices.Equal(got.Tags, c.tags) {
			t.Errorf("%q: %q %v %v, want %q %v", c.words, got.HS, got.Tags, err, c.hs, c.tags)
		}
	}
}

func TestResolveFindsNothing(t *testing.T) {
	s := goodsSnapshot(t)
	for words, hint := range map[string]string{
		"artificial grafite": `did you mean "Artificial graphite"`,
		"85":                 "4 to 10 digits",
		"12345678901":        "4 to 10 digits",
		"umbrella":           `no product "umbrella"`,
		"":                   "no product",
	} {
		_, err := s.Resolve(words)
		if !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), hint) {
			t.Errorf("%q: %v", words, err)
		}
	}
}

func FuzzFindTags(f *testing.F) {
	s := goodsSnapshot(f)
	f.Add("Artificial graphite anodes，人造石墨")
	f.Add("\xff--((（）")
	f.Fuzz(func(t *testing.T, text string) {
		for _, tag := range s.FindTags(text) {
			if s.tags[tag.Slug] == nil {
				t.Errorf("%q has %q", text, tag.Slug)
			}
		}
	})
}

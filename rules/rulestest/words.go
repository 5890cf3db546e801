package rulestest

import (
	"fmt"
	"strings"

	"derisk/tracker"
)

const (
	tagCount    = 400
	hsCount     = 5_000
	entityCount = 20_000
)

var kinds = tracker.Kinds()

var zones = []string{"UTC", "Asia/Shanghai", "Europe/Brussels", "America/New_York"}

var countries = strings.Fields(`US CN EU JP KR GB CA MX IN AU BR DE FR NL TW SG VN MY ID TH
	RU UA TR SA AE IL ZA EG NG KE AR CL PE CO PH PK BD LK KZ UZ
	CH NO SE FI DK PL CZ AT BE IT ES PT GR IE HU RO BG HR NZ QA`)

// heads stand at the top of the tree of goods; each has every making of it below.
var heads = strings.Fields(`battery magnet alloy chip cell powder wire optic engine vessel
	tool sensor resin fibre crystal catalyst panel turbine drone laser`)

var makings = strings.Fields(`lithium gallium germanium graphite cobalt nickel manganese titanium tungsten antimony
	samarium dysprosium terbium yttrium carbon silicon copper polymer ceramic`)

var sectors = strings.Fields(`bank steel optics energy shipping aerospace chemical trading micro institute`)

// tagSlug names a tag by its number: the heads come first.
func tagSlug(i int) string {
	head := heads[i%len(heads)]
	if i < len(heads) {
		return head
	}
	return makings[i/len(heads)-1] + "-" + head
}

// above is the head that a tag stands under, or "" for a head.
func above(slug string) string {
	_, head, _ := strings.Cut(slug, "-")
	return head
}

// Tags is the tree of goods that the measures' tags stand in.
func Tags() []tracker.Tag {
	tags := make([]tracker.Tag, tagCount)
	for i := range tags {
		slug := tagSlug(i)
		tags[i] = tracker.Tag{Slug: slug, EN: slug, ZH: slug, Parent: above(slug)}
	}
	return tags
}

// hsCode names a code of six digits by its number; the chapters take turns.
func hsCode(i int) string { return fmt.Sprintf("%02d%04d", 1+i%97, 100+i/97) }

func entityID(i int) string { return fmt.Sprintf("%s-%05d", sectors[i%len(sectors)], i) }

package bot

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"derisk/tracker"
)

// isoCountries are the two-letter codes that Unicode's names cover and that are
// places today.
func isoCountries() []string {
	var codes []string
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string(a) + string(b)
			r, err := language.ParseRegion(code)
			if err == nil && r.IsCountry() && r.String() == code && !strings.Contains("AC CP DG EA IC TA EZ UN XA XB XK ZZ", code) {
				codes = append(codes, code)
			}
		}
	}
	return append(codes, "EU")
}

// otherCountryWords are what people call countries besides their names.
var otherCountryWords = map[string][]string{
	"US": {"united states", "the us", "to us", "from us", "u.s.", "usa", "america", "american", "washington", "美国", "美方", "美"},
	"CN": {"china", "chinese", "prc", "beijing", "中国", "中方", "华", "中"},
	"EU": {"european union", "eu", "european", "brussels", "欧盟", "欧"},
	"NL": {"netherlands", "the netherlands", "dutch", "holland", "荷兰", "荷"},
	"AU": {"australia", "australian", "澳大利亚", "澳洲"},
	"JP": {"japan", "japanese", "tokyo", "日本"},
	"KR": {"korea", "south korea", "korean", "韩国"},
	"TW": {"taiwan", "taiwanese", "台湾"},
	"HK": {"hong kong", "香港"},
	"GB": {"united kingdom", "uk", "britain", "british", "英国"},
	"DE": {"germany", "german", "德国"},
	"FR": {"france", "french", "法国"},
	"CA": {"canada", "canadian", "加拿大"},
	"MX": {"mexico", "mexican", "墨西哥"},
	"IN": {"india", "indian", "印度"},
	"VN": {"vietnam", "vietnamese", "越南"},
	"RU": {"russia", "russian", "俄罗斯"},
	"MY": {"malaysia", "malaysian", "马来西亚"},
}

// shortHan are one-character names, which stand only where a way in or out is
// spoken of: 对美, 输美, 自华.
var shortHan = map[string]bool{"美": true, "华": true, "中": true, "欧": true, "荷": true}

// place is a country in a text.
type place struct {
	code     string
	from, to int // bytes
	as       placeAs
}

type placeAs int

const (
	mentioned placeAs = iota
	origin            // from X, X exports
	target            // to X, exports to X
	actor             // by X
	hit               // on X, against X: whose goods or firms a measure hits
)

// concerns says whether the country plays in a measure the part that it plays
// in the question. What enters a country is taxed or barred by that country,
// what leaves one is controlled by that one.
func (p place) concerns(m *tracker.Measure) bool {
	by := m.By == p.code
	against := slices.Contains(m.Against, p.code) || len(m.Against) == 0 && !by
	atEntry := m.Kind == tracker.Tariff || m.Kind == tracker.ImportRestriction
	switch {
	case p.as == hit, p.as == origin && atEntry, p.as == target && !atEntry:
		return against
	case p.as != mentioned:
		return by
	}
	return by || slices.Contains(m.Against, p.code)
}

// gazetteer is the names of all countries.
type gazetteer struct {
	codes  map[string]string // by name in lower case
	names  []string          // the longest first
	places map[string]bool   // by code
}

func newGazetteer() *gazetteer {
	z := &gazetteer{codes: countryNames(), places: map[string]bool{}}
	z.names = byLength(z.codes)
	for _, code := range z.codes {
		z.places[code] = true
	}
	return z
}

// countryNames maps every name, in lower case, to its code.
func countryNames() map[string]string {
	names := map[string]string{}
	en, zh := display.English.Regions(), display.SimplifiedChinese.Regions()
	for _, code := range isoCountries() {
		if r, err := language.ParseRegion(code); err == nil {
			names[strings.ToLower(en.Name(r))] = code
			names[zh.Name(r)] = code
		}
	}
	delete(names, "") // a region that has no name in one of the languages
	for code, words := range otherCountryWords {
		for _, w := range words {
			names[w] = code
		}
	}
	return names
}

var (
	upperCode  = regexp.MustCompile(`\b[A-Z]{2}\b`)
	beforeFrom = regexp.MustCompile(`(?:\bfrom|\bout of|\bleaving|自|从|由)\s*(?:the\s+)?$`)
	beforeTo   = regexp.MustCompile(`(?:\bto|\binto|\bfor|\btowards?|至|到|往|对|输|向|赴|出口|销往)\s*(?:the\s+)?$`)
	beforeBy   = regexp.MustCompile(`\bby\s*(?:the\s+)?$`)
	beforeHit  = regexp.MustCompile(`(?:\bon|\bagainst|\btargeting|针对)\s*(?:the\s+)?$`)
)

// find finds the countries that a text names, with the part that they
// play. Two letters are a country only in capitals.
func (z *gazetteer) find(text string) []place {
	low := strings.ToLower(text)
	var places []place
	taken := make([]bool, len(text)+1)
	add := func(code string, from, to int) {
		for i := from; i < to; i++ {
			if taken[i] {
				return
			}
		}
		p := place{code: code, from: from, to: to}
		before := low[:from]
		switch {
		case beforeFrom.MatchString(before):
			p.as = origin
		case beforeTo.MatchString(before):
			p.as = target
		case beforeBy.MatchString(before):
			p.as = actor
		case beforeHit.MatchString(before):
			p.as = hit
		}
		if shortHan[text[from:to]] && p.as == mentioned {
			return
		}
		for i := from; i < to; i++ {
			taken[i] = true
		}
		places = append(places, p)
	}
	for _, name := range z.names {
		for at := 0; ; {
			i := strings.Index(low[at:], name)
			if i < 0 {
				break
			}
			from, to := at+i, at+i+len(name)
			at = to
			if !standsAlone(low, from, to) {
				continue
			}
			add(z.codes[name], from+leading(name), to)
		}
	}
	for _, at := range upperCode.FindAllStringIndex(text, -1) {
		if code := text[at[0]:at[1]]; z.places[code] {
			add(code, at[0], at[1])
		}
	}
	return places
}

// leading is how many bytes of a name are not the country: "to us".
func leading(name string) int {
	for _, word := range []string{"to ", "from ", "the "} {
		if strings.HasPrefix(name, word) {
			return len(word)
		}
	}
	return 0
}

// countryCode reads a country that a person wrote, or "".
func countryCode(word string) string {
	word = strings.TrimSpace(word)
	z := newGazetteer()
	if code, ok := z.codes[strings.ToLower(word)]; ok {
		return code
	}
	if upper := strings.ToUpper(word); z.places[upper] {
		return upper
	}
	return ""
}

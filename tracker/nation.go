package tracker

import "regexp"

// nations are the words by which texts name those who act: a country, its
// people, its capital or its government. Short names count in capitals only:
// "US" acts, "us" does not.
var nations = []struct {
	code  string
	words *regexp.Regexp
}{
	{"CN", regexp.MustCompile(`\b(?:China|Chinese|Beijing|MOFCOM)\b|中国|中方|我国|中美|商务部`)},
	{"US", regexp.MustCompile(`\bU\.S\.|\b(?:US|USA|United States|America|American|Washington)\b|美国|美方|对美|中美|美中|美澳|美财长`)},
	{"EU", regexp.MustCompile(`\b(?:EU|European Union|European Commission|Brussels)\b|欧盟`)},
	{"NL", regexp.MustCompile(`\b(?:Netherlands|Dutch|The Hague)\b|荷兰`)},
	{"AU", regexp.MustCompile(`\b(?:Australia|Australian|Canberra)\b|澳大利亚|澳洲|美澳|澳方`)},
	{"JP", regexp.MustCompile(`\b(?:Japan|Japanese|Tokyo)\b|日本|日方`)},
	{"KR", regexp.MustCompile(`\b(?:South Korea|Korean|Seoul)\b|韩国|韩方`)},
	{"GB", regexp.MustCompile(`\bU\.K\.|\b(?:UK|United Kingdom|Britain|British)\b|英国|英方`)},
	{"DE", regexp.MustCompile(`\b(?:Germany|German|Berlin)\b|德国`)},
	{"FR", regexp.MustCompile(`\b(?:France|French)\b|法国`)},
	{"CA", regexp.MustCompile(`\b(?:Canada|Canadian|Ottawa)\b|加拿大`)},
	{"MX", regexp.MustCompile(`\b(?:Mexico|Mexican)\b|墨西哥`)},
	{"IN", regexp.MustCompile(`\b(?:India|Indian|New Delhi)\b|印度`)},
	{"RU", regexp.MustCompile(`\b(?:Russia|Russian|Moscow)\b|俄罗斯|俄方`)},
	{"TW", regexp.MustCompile(`\b(?:Taiwan|Taiwanese|Taipei)\b|台湾`)},
}

// nationsIn finds who is named in a text: the code, and the first word for it.
func nationsIn(text string) map[string]string {
	found := map[string]string{}
	for _, n := range nations {
		if word := n.words.FindString(text); word != "" {
			found[n.code] = word
		}
	}
	return found
}

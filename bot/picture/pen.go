package picture

import (
	_ "embed"
	"image"
	"image/color"
	"image/draw"
	"sort"
	"strings"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
	"golang.org/x/text/unicode/norm"
)

// fontFile is Noto Sans SC Medium cut down to Latin letters, the signs of
// GB 2312 and its 6,763 Chinese characters (SIL Open Font License, beside it).
//
//go:embed NotoSansSC-Medium-GB2312.ttf
var fontFile []byte

// size is the height of letters in pixels.
type size int

const (
	large  size = 34
	middle size = 26
	small  size = 22
	mini   size = 20 // numbers in marks
)

// longest is how many characters of any words are looked at.
const longest = 400

// pen draws on a canvas, or on none to measure. It is one picture's own.
type pen struct {
	canvas *image.RGBA // nil: nothing is drawn
	font   *sfnt.Font
	faces  map[size]font.Face
	buffer sfnt.Buffer
	palette
}

func newPen(theme Theme) (*pen, error) {
	parsed, err := opentype.Parse(fontFile)
	if err != nil {
		return nil, err
	}
	p := &pen{font: parsed, faces: map[size]font.Face{}, palette: paletteOf(theme)}
	for _, s := range []size{large, middle, small, mini} {
		face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: float64(s), DPI: 72, Hinting: font.HintingNone})
		if err != nil {
			return nil, err
		}
		p.faces[s] = face
	}
	return p, nil
}

// can says whether the font has every character.
func (p *pen) can(words string) bool {
	for _, r := range words {
		if at, err := p.font.GlyphIndex(&p.buffer, r); err != nil || at == 0 {
			return false
		}
	}
	return true
}

// pick is the first name that can be written.
func (p *pen) pick(names Names) string {
	for _, name := range names {
		if name = seen(name); name != "" && p.can(name) {
			return name
		}
	}
	return ""
}

// seen is what of words can be seen, in composed characters and one line.
func seen(words string) string {
	if runes := []rune(words); len(runes) > longest {
		words = string(runes[:longest])
	}
	words = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.IsControl(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, norm.NFC.String(words))
	return strings.Join(strings.Fields(words), " ")
}

func (p *pen) width(words string, s size) int {
	return font.MeasureString(p.faces[s], words).Ceil()
}

// write puts words with their base line at y, without those that the font lacks.
func (p *pen) write(words string, s size, x, y int, c color.Color) {
	if p.canvas == nil {
		return
	}
	d := font.Drawer{Dst: p.canvas, Src: image.NewUniform(c), Face: p.faces[s], Dot: fixed.P(x, y)}
	d.DrawString(p.writable(words))
}

func (p *pen) writable(words string) string {
	return strings.Map(func(r rune) rune {
		if !p.can(string(r)) {
			return -1
		}
		return r
	}, words)
}

// fit is words cut to a width, with … where something is missing.
func (p *pen) fit(words string, s size, width int) string {
	if p.width(words, s) <= width {
		return words
	}
	runes, more := []rune(words), "..."
	if strings.ContainsFunc(words, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		more = "…" // of this font it stands in the middle of the line, as in Chinese
	}
	fits := sort.Search(len(runes), func(n int) bool { return p.width(string(runes[:n+1])+more, s) > width })
	runes = runes[:fits]
	return strings.TrimRight(string(runes), " ，、：；,;:(（") + more
}

// lines breaks words at a width into at most so many lines.
func (p *pen) lines(words string, s size, width, most int) []string {
	var all []string
	rest := []rune(words)
	for len(rest) > 0 {
		if len(all) == most-1 || p.width(string(rest), s) <= width {
			return append(all, p.fit(string(rest), s, width))
		}
		at := p.breakAt(rest, s, width)
		all = append(all, strings.TrimRight(string(rest[:at]), " "))
		rest = []rune(strings.TrimLeft(string(rest[at:]), " "))
	}
	return all
}

// breakAt is where a line is broken: after the last space, or beside a Chinese
// character that begins no line wrongly, that still fits.
func (p *pen) breakAt(runes []rune, s size, width int) int {
	best, fits := 0, 1
	var used fixed.Int26_6
	for i, r := range runes {
		if i > 0 && (runes[i-1] == ' ' || (unicode.Is(unicode.Han, r) || unicode.Is(unicode.Han, runes[i-1])) && !unicode.IsPunct(r)) {
			best = i
		}
		advance, _ := p.faces[s].GlyphAdvance(r)
		if used += advance; used.Ceil() > width && r != ' ' {
			break
		}
		fits = i + 1
	}
	if best > 0 && best <= fits {
		return best
	}
	return fits
}

func (p *pen) fill(r image.Rectangle, c color.Color) {
	if p.canvas != nil {
		draw.Draw(p.canvas, r, image.NewUniform(c), image.Point{}, draw.Over)
	}
}

// disc fills a circle.
func (p *pen) disc(x, y, radius int, c color.Color) {
	if p.canvas == nil {
		return
	}
	const k = 0.5523 // of a quarter of a circle as a cubic curve
	r := float32(radius)
	v := vector.NewRasterizer(2*radius+2, 2*radius+2)
	m := r + 1
	v.MoveTo(m+r, m)
	v.CubeTo(m+r, m+k*r, m+k*r, m+r, m, m+r)
	v.CubeTo(m-k*r, m+r, m-r, m+k*r, m-r, m)
	v.CubeTo(m-r, m-k*r, m-k*r, m-r, m, m-r)
	v.CubeTo(m+k*r, m-r, m+r, m-k*r, m+r, m)
	v.ClosePath()
	v.Draw(p.canvas, image.Rect(x-radius-1, y-radius-1, x+radius+1, y+radius+1), image.NewUniform(c), image.Point{})
}

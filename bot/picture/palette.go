package picture

import (
	"image"
	"image/color"

	"derisk/tracker"
)

// palette is the colours of a theme.
type palette struct {
	ground, ink, faint, rule, now color.RGBA
	status                        map[tracker.Status]look
}

// look is the colour of a band and of words on it.
type look struct{ band, ink color.RGBA }

func rgb(hex uint32) color.RGBA {
	return color.RGBA{uint8(hex >> 16), uint8(hex >> 8), uint8(hex), 0xFF}
}

// paletteOf is dark unless light is asked for: most of Discord is dark, and a
// dark card stands well on a light page too.
func paletteOf(theme Theme) palette {
	if theme == Light {
		return palette{
			ground: rgb(0xFFFFFF), ink: rgb(0x1B1D22), faint: rgb(0x5B6170), rule: rgb(0xDDE0E6), now: rgb(0x111111),
			status: map[tracker.Status]look{
				tracker.StatusProposed:  {rgb(0xB9AEE0), rgb(0x1B1D22)},
				tracker.StatusAnnounced: {rgb(0x3B7DD8), rgb(0xFFFFFF)},
				tracker.StatusInForce:   {rgb(0xD0413A), rgb(0xFFFFFF)},
				tracker.StatusSuspended: {rgb(0xF0B13C), rgb(0x1B1D22)},
				tracker.StatusEnded:     {rgb(0xD5D8DF), rgb(0x4A4F5C)},
			},
		}
	}
	return palette{
		ground: rgb(0x1E1F24), ink: rgb(0xF2F3F5), faint: rgb(0xB0B4BF), rule: rgb(0x3A3D46), now: rgb(0xFFFFFF),
		status: map[tracker.Status]look{
			tracker.StatusProposed:  {rgb(0x8F80CC), rgb(0x14151A)},
			tracker.StatusAnnounced: {rgb(0x4A8CF0), rgb(0x14151A)},
			tracker.StatusInForce:   {rgb(0xE5534B), rgb(0x14151A)},
			tracker.StatusSuspended: {rgb(0xEBB040), rgb(0x14151A)},
			tracker.StatusEnded:     {rgb(0x4B4F5B), rgb(0xD5D8DF)},
		},
	}
}

func mix(a, b color.RGBA, share int) color.RGBA { // share of b in percent
	part := func(x, y uint8) uint8 { return uint8((int(x)*(100-share) + int(y)*share) / 100) }
	return color.RGBA{part(a.R, b.R), part(a.G, b.G), part(a.B, b.B), 0xFF}
}

// band fills a stretch: hatched where its status is presumed, dotted where it is
// uncertain.
func (p *pen) band(r image.Rectangle, b Band) {
	look, known := p.status[b.Status]
	if !known || p.canvas == nil {
		return
	}
	pale := mix(look.band, p.ground, 55)
	r = r.Intersect(p.canvas.Bounds())
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			c := look.band
			if b.Presumed && (x+y)%20 < 10 {
				c = pale
			}
			if b.Uncertain && (x%14-7)*(x%14-7)+(y%14-7)*(y%14-7) < 16 {
				c = p.ground
			}
			p.canvas.SetRGBA(x, y, c)
		}
	}
}

package tracker

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCondition(t *testing.T) {
	for _, c := range []struct {
		written string
		in, out []float64
	}{
		{">= 300", []float64{300, 301}, []float64{299.99, -300}},
		{"> 99.9", []float64{99.91}, []float64{99.9, 0}},
		{"< 5", []float64{4.999, -1}, []float64{5, 6}},
		{"<=5", []float64{5, 4}, []float64{5.01}},
		{"= 3", []float64{3}, []float64{2.99, 3.01}},
		{"100..300", []float64{100, 200, 300}, []float64{99.9, 300.1}},
		{" -5 .. -1 ", []float64{-5, -1}, []float64{0, -6}},
	} {
		got, err := ParseCondition(c.written)
		if err != nil {
			t.Errorf("%q: %v", c.written, err)
			continue
		}
		for _, n := range c.in {
			if !got.Met(n) {
				t.Errorf("%q is not met by %v", c.written, n)
			}
		}
		for _, n := range c.out {
			if got.Met(n) {
				t.Errorf("%q is met by %v", c.written, n)
			}
		}
	}
}

func TestConditionRefused(t *testing.T) {
	for _, written := range []string{"", "300", ">=", ">= 300 Wh/kg", "300..100", "> NaN", "= inf", ">= 1e3", "> 0x10", ">= 1 ..2",
		"..5", "> " + strings.Repeat("9", 100), "≥ 300"} {
		if c, err := ParseCondition(written); err == nil {
			t.Errorf("%q is read as %s", written, c)
		}
	}
}

func TestConditionWords(t *testing.T) {
	for _, c := range []struct{ attribute, written, en, zh string }{
		{"energy_density_wh_kg", ">= 300", "energy density: controlled at 300 Wh/kg or more", "能量密度：达到300 Wh/kg及以上时受控"},
		{"china_origin_value_percent", ">= 0.1", "share of value of Chinese origin: controlled at 0.1% or more", "原产中国成分的价值占比：达到0.1%及以上时受控"},
		{"purity_percent", "> 99.9", "purity: controlled above 99.9%", "纯度：高于99.9%时受控"},
		{"compaction_density_g_cm3", "2..2.5", "compaction density: controlled at 2 to 2.5 g/cm³", "压实密度：为2至2.5 g/cm³时受控"},
		{"node_nm", "< 14", "process node: controlled below 14 nm", "制程节点：低于14 nm时受控"},
		{"spin_count", "= 3", "spin count: controlled at exactly 3", "spin count：等于3时受控"},
		{"grain_um", "<= 5", "grain: controlled at 5 µm or less", "grain：不超过5 µm时受控"},
	} {
		condition, err := ParseCondition(c.written)
		if err != nil {
			t.Fatal(err)
		}
		got := condition.finding(ExportControl, c.attribute, 0, false)
		if want := (Text{EN: c.en, ZH: c.zh}); got.answer != Depends || len(got.depends) != 1 || got.depends[0] != want {
			t.Errorf("%s %s: %+v, want %q", c.attribute, c.written, got, want)
		}
	}
}

func TestConditionReadsItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		written := rapid.StringMatching(`(>=|<=|>|<|=) -?[0-9]{1,6}(\.[0-9]{1,3})?`).Draw(t, "written")
		n := rapid.Float64Range(-1e6, 1e6).Draw(t, "n")
		first, err := ParseCondition(written)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseCondition(first.String())
		if err != nil || again != first || again.Met(n) != first.Met(n) {
			t.Fatalf("%q became %q: %v", written, first.String(), err)
		}
	})
}

func FuzzParseCondition(f *testing.F) {
	for _, seed := range []string{">= 300", "100..300", "= -3", "<", "1....2"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, written string) {
		c, err := ParseCondition(written)
		if err != nil {
			return
		}
		if again, err := ParseCondition(c.String()); err != nil || again != c {
			t.Errorf("%q became %q: %v", written, c, err)
		}
	})
}

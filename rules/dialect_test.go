package rules

import (
	"testing"

	"github.com/expr-lang/expr"

	"derisk/rules/rulestest"
)

// TestADialectServesMany compiles many conditions one after another: each program is the one that expr makes of it alone.
func TestADialectServesMany(t *testing.T) {
	d := new(dialects)
	if _, err := d.program(`measure.statu == "suspended"`, plainly); err == nil {
		t.Fatal("a fault before must be one")
	}
	for _, rule := range rulestest.Rules(60, 1) {
		got, err := d.program(rule.Expr, plainly)
		if err != nil {
			t.Fatal(err)
		}
		want, err := expr.Compile(rule.Expr, options(plainly)...)
		if err != nil {
			t.Fatal(err)
		}
		if got.Disassemble() != want.Disassemble() {
			t.Errorf("%s\nbecomes\n%s\nalone\n%s", rule.Expr, got.Disassemble(), want.Disassemble())
		}
	}
}

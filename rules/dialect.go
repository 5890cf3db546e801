package rules

import (
	exprchecker "github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/optimizer"
	"github.com/expr-lang/expr/vm"
)

// dialects are expr set up for the expressions of each language, made when first
// asked for: that takes longer than to compile an expression, so one serves
// for a whole folder. They belong to one goroutine, as expr writes into them.
type dialects [plainly + 1]*conf.Config

func (d *dialects) in(lang int) *conf.Config {
	if d[lang] == nil {
		config := conf.CreateNew()
		for _, option := range options(lang) {
			option(config)
		}
		for name := range config.Disabled {
			delete(config.Builtins, name)
		}
		d[lang] = config
	}
	return d[lang]
}

// program is source as the machine runs it.
func (d *dialects) program(source string, lang int) (*vm.Program, error) {
	config := d.in(lang)
	tree, err := exprchecker.ParseCheck(source, config)
	if err != nil {
		return nil, err
	}
	if err := optimizer.Optimize(&tree.Node, config); err != nil {
		return nil, err
	}
	return compiler.Compile(tree, config)
}

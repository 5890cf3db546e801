package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"derisk/rules"
	"derisk/tracker"
)

type rulesNewCommand struct {
	Name  string `arg:"" help:"Name of the rule, which its file is called by."`
	Each  string `help:"What the rule goes over: measure, event, review, commitment, indicator or article." enum:"measure,event,review,commitment,indicator,article" default:"measure"`
	Alone bool   `help:"Where there is no folder of rules yet: leave the starter rules out of it, so that they no longer run."`
}

// Run writes a rule to begin from into the folder of rules. Where there is no
// folder it makes one that holds the starter rules too: a folder takes the
// place of the built-in one, so without them what ran so far would stop.
func (c *rulesNewCommand) Run(a *app) error {
	text, err := rules.New(c.Name, rules.Each(c.Each))
	if err != nil {
		return usageError{err}
	}
	dir, file := cmp.Or(a.Rules, "rules.d"), c.Name+".yaml"
	starters := 0
	if isFolder(dir) {
		err = writeNew(dir, file, text)
	} else {
		starters, err = makeRules(dir, file, text, c.Alone)
	}
	switch path := filepath.Join(dir, file); {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s is there already: choose another name", path)
	case err != nil:
		return fmt.Errorf("write %s: %w", path, err)
	case a.JSON:
		return a.line(map[string]any{"rule": c.Name, "file": path, "starters": starters})
	default:
		a.tellNew(dir, path, c.Name, starters)
		return nil
	}
}

// makeRules makes the folder with the new file in it, all at once, so that no
// running derisk sees half of it. Unless alone it holds the starter rules too;
// it says how many.
func makeRules(dir, file, text string, alone bool) (starters int, err error) {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return 0, err
	}
	making, err := os.MkdirTemp(filepath.Dir(dir), ".rules-*")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(making) // gone already where all went well
	if !alone {
		builtIn := builtInFolder("rules.d")
		files, err := fs.Glob(builtIn, "*.yaml")
		if err = errors.Join(err, os.CopyFS(making, builtIn)); err != nil {
			return 0, err
		}
		starters = len(files)
	}
	if err := writeNew(making, file, text); err != nil {
		return 0, err
	}
	return starters, errors.Join(os.Chmod(making, 0o755), os.Rename(making, dir))
}

// writeNew writes a file that is not there yet, whole or not at all.
func writeNew(dir, file, text string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	f, err := root.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, root.Remove(file))
	}
	return nil
}

// tellNew says what was written, and what to do next.
func (a *app) tellNew(dir, path, name string, starters int) {
	if starters > 0 {
		fmt.Fprintf(a.out, a.say(tracker.Text{
			EN: "made %[1]s with the %[2]d starter rules, which ran built in so far; delete those that you do not want\n",
			ZH: "已创建 %[1]s，并放入此前内置运行的 %[2]d 条初始规则；不需要的可以删除\n"}), dir, starters)
	}
	fmt.Fprintf(a.out, a.say(tracker.Text{
		EN: `wrote %[1]s, a draft: it does not run yet
next
  edit it; derisk rules reference lists all that it may say
  derisk rules check
  derisk rules test
  derisk rules forecast %[2]s
  take out the line draft: true, and it runs
`,
		ZH: `已写入 %[1]s（草稿，尚不运行）
接下来
  编辑它；derisk rules reference 列出可用的全部内容
  derisk rules check
  derisk rules test
  derisk rules forecast %[2]s
  删去 draft: true 一行，规则即开始运行
`}), path, name)
}

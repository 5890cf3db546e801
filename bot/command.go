package bot

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"derisk/tracker"
)

// Command is one row of the table: something that can be asked or ordered, or a
// group of such things.
type Command struct {
	Name    string       // in full: "ask", "review add"
	ZH      string       // its last word in Chinese: "询问"
	About   tracker.Text // at most 100 characters each
	Options []Option
	On      Surface // where it is offered; the zero value: everywhere
	Needs   Right
	Run     func(ctx context.Context, env Env, r Request) (Reply, error)

	Sub []Command // of a group: its commands; then Run is nil
}

// Word is the last word of the name: "add" of "review add".
func (c Command) Word() string { return c.Name[strings.LastIndexByte(c.Name, ' ')+1:] }

// nameZH is the full name in Chinese: "审查 添加".
func (c Command) nameZH() string {
	group, _, sub := strings.Cut(c.Name, " ")
	if !sub {
		return c.ZH
	}
	for _, g := range Commands() {
		if g.Name == group {
			return g.ZH + " " + c.ZH
		}
	}
	return c.ZH
}

// Surface is where a command is offered.
type Surface int

const (
	Everywhere  Surface = iota
	DiscordOnly         // needs roles or channels
	ChatOnly            // makes sense in the terminal chat only
)

// Right is what an asker must be allowed to.
type Right string

const (
	Anyone    Right = ""
	AlertWork Right = "alert"  // change subscriptions: Manage Server or Manage Channels, or the role set
	RecordIt  Right = "record" // change the common record: Manage Server, or the role set
	ReviewIt  Right = "review" // see and change the server's reviews: Manage Server, or the role set
	ManageIt  Right = "manage" // give rights and read the audit log: Manage Server
)

// Option is one argument of a command.
type Option struct {
	Name     string
	ZH       string
	About    tracker.Text // at most 100 characters each
	Type     OptionType
	Required bool
	Rest     bool     // where arguments are typed in a line, takes all words that have no name
	Choices  []Choice // the only values
	Known    Known    // what completion offers
}

// OptionType is what values an option takes.
type OptionType int

const (
	Words   OptionType = iota // text
	Day                       // a date or an instant
	Whole                     // a whole number
	Truth                     // true or false
	Channel                   // a Discord channel's id
	Role                      // a Discord role's id
)

// Choice is a value and what it is called.
type Choice struct {
	Value string
	Name  tracker.Text // at most 100 characters each
}

// Known is a list of names that completion draws from.
type Known string

const (
	NoneKnown          Known = ""
	KnownMeasures      Known = "measures"
	KnownReviewed      Known = "measures with a review clock"
	KnownGoods         Known = "goods"
	KnownEntities      Known = "entities"
	KnownReviews       Known = "reviews"       // the asker's
	KnownSubscriptions Known = "subscriptions" // the asker's
	KnownPosts         Known = "posts"         // the asker's latest
	KnownHushes        Known = "hushes"        // the asker's
	KnownRules         Known = "rules"
	KnownTold          Known = "rules and measures"
	KnownSubjects      Known = "subjects"     // of the rule given
	KnownFilters       Known = "filter words" // completes the last word
	KnownCourses       Known = "measures or filter words"
	KnownZones         Known = "zones"
	KnownCountries     Known = "countries"
)

// Find looks a command up by its full name in English or Chinese, in any case,
// with a slash before it or not. The error matches [ErrUsage] and offers the nearest.
func Find(name string) (Command, error) {
	name = strings.TrimPrefix(strings.Join(strings.Fields(strings.ToLower(name)), " "), "/")
	var known []string
	for _, c := range Leaves() {
		if c.Name == name || c.nameZH() == name {
			return c, nil
		}
		known = append(known, c.Name)
	}
	return Command{}, unknownCommand(name, known)
}

func unknownCommand(name string, known []string) error {
	near := tracker.Nearest(name, known)
	for _, c := range Commands() {
		if c.Name == name {
			return wrong("%s what? It has %s", "%s 要做什么？可用：%s", name, words(c.Sub))
		}
	}
	if near == "" {
		return wrong("no command %q: help lists them", "没有命令“%s”：输入 help 查看全部命令", shown(name))
	}
	return wrong("no command %q: did you mean %q?", "没有命令“%s”：是否指“%s”？", shown(name), near)
}

func words(list []Command) string {
	var names []string
	for _, c := range list {
		names = append(names, c.Word())
	}
	return strings.Join(names, ", ")
}

// Leaves lists every command that can be run, groups opened.
func Leaves() []Command {
	var leaves []Command
	for _, c := range Commands() {
		if c.Run != nil {
			leaves = append(leaves, c)
		}
		leaves = append(leaves, c.Sub...)
	}
	return leaves
}

// read checks the arguments against the options, and takes out those that all
// commands share: lang, on, known.
func (c Command) read(r Request) (Request, error) {
	for name, value := range r.Args {
		if len(value) > maxArgument {
			return r, wrong("%s is longer than %d bytes", "%s 超过%d字节", name, maxArgument)
		}
		if _, ok := c.option(name); !ok && name != "lang" {
			return r, c.unknownOption(name)
		}
	}
	if r.Lang = cmp.Or(r.Lang, "en"); !c.has("lang") {
		r.Lang = cmp.Or(r.Arg("lang"), r.Lang)
	}
	if r.Lang != "en" && r.Lang != "zh" {
		return r, wrong("%q is not a language: write en or zh", "“%s”不是可用语言：请写 en 或 zh", shown(r.Lang))
	}
	r.Args = maps.Clone(r.Args)
	for _, o := range c.Options {
		if o.Type == Day {
			r.spell(o.Name)
		}
		if err := o.check(r.Arg(o.Name)); err != nil {
			return r, err
		}
	}
	if c.has("on") && r.Arg("on") != "" {
		r.Query.On = r.day("on")
	}
	if c.has("known") && r.Arg("known") != "" {
		r.Query.Known = r.day("known")
	}
	return r, nil
}

// spell puts a date where the argument says today, tomorrow or yesterday.
func (r Request) spell(name string) {
	days, ok := nearDays[strings.ToLower(r.Arg(name))]
	if ok {
		r.Args[name] = tracker.DayOf(r.Query.Now.In(r.zone()).AddDate(0, 0, days)).String()
	}
}

var nearDays = map[string]int{"today": 0, "tomorrow": 1, "yesterday": -1, "今天": 0, "今日": 0, "明天": 1, "昨天": -1}

// day is an argument of type [Day] that was given; no date where it was not.
func (r Request) day(name string) tracker.Date {
	d, _ := tracker.ParseDate(r.Arg(name)) // read checked it
	return d
}

func (c Command) has(option string) bool { _, ok := c.option(option); return ok }

const maxArgument = 4000 // bytes of one argument

func (c Command) option(name string) (Option, bool) {
	i := slices.IndexFunc(c.Options, func(o Option) bool { return o.Name == name })
	if i < 0 {
		return Option{}, false
	}
	return c.Options[i], true
}

func (c Command) unknownOption(name string) error {
	var known []string
	for _, o := range c.Options {
		known = append(known, o.Name)
	}
	if near := tracker.Nearest(name, known); near != "" {
		return wrong("%s has no %q: did you mean %q?", "%s 没有参数“%s”：是否指“%s”？", c.Name, shown(name), near)
	}
	return wrong("%s has no %q: it has %s", "%s 没有参数“%s”：可用 %s", c.Name, shown(name), strings.Join(append(known, "lang"), ", "))
}

// check refuses a value that the option cannot have.
func (o Option) check(value string) error {
	if value == "" {
		if o.Required {
			return wrong("%s is missing: %s", "缺少 %s：%s", o.Name, o.About)
		}
		return nil
	}
	if len(o.Choices) > 0 && !slices.ContainsFunc(o.Choices, func(c Choice) bool { return c.Value == value }) {
		return o.notAChoice(value)
	}
	switch o.Type {
	case Day:
		if _, err := readDay(value); err != nil {
			return wrong("%s: %s", "%s：%s", o.Name, err)
		}
	case Whole:
		if !isNumber(value) {
			return wrong("%s: %q is not a whole number", "%s：“%s”不是整数", o.Name, shown(value))
		}
	case Truth:
		if value != "true" && value != "false" {
			return wrong("%s: write true or false, not %q", "%s：请写 true 或 false，而不是“%s”", o.Name, shown(value))
		}
	}
	return nil
}

func (o Option) notAChoice(value string) error {
	var values []string
	for _, c := range o.Choices {
		values = append(values, c.Value)
	}
	if near := tracker.Nearest(value, values); near != "" {
		return wrong("%s: no %q: did you mean %q?", "%s：没有“%s”：是否指“%s”？", o.Name, shown(value), near)
	}
	return wrong("%s: no %q: write one of %s", "%s：没有“%s”：可用 %s", o.Name, shown(value), strings.Join(values, ", "))
}

func isNumber(value string) bool {
	digits := strings.TrimPrefix(value, "-")
	return digits != "" && len(digits) < 10 && strings.Trim(digits, "0123456789") == ""
}

// readDay reads a date; "none" is no day.
func readDay(value string) (tracker.Date, error) {
	d, err := tracker.ParseDate(value)
	if err == nil && d.Precision() == tracker.Never {
		err = fmt.Errorf("%q is no day", value)
	}
	return d, err
}

func (c Command) allowed(r Request) error {
	switch {
	case c.Needs == AlertWork && !r.MayAlert:
		return refused("changing alerts needs the right to manage the server or its channels, or the role that /alert roles sets",
			"更改提醒需要“管理服务器”或“管理频道”权限，或 /alert roles 所设的身份组")
	case c.Needs == RecordIt && !r.MayRecord:
		return refused("recording changes what everybody sees: it needs the right to manage the server, or the role that /alert roles sets",
			"记录会更改所有人看到的内容：需要“管理服务器”权限，或 /alert roles 所设的身份组")
	case c.Needs == ReviewIt && !r.MayReview:
		return refused("reviews are private: they need the right to manage the server, or the role that /alert roles sets with review (@everyone opens them to the whole server)",
			"审查属于非公开内容：需要“管理服务器”权限，或 /alert roles 的 review 所设的身份组（设为 @everyone 则对整个服务器开放）")
	case c.Needs == ManageIt && !r.MayManage:
		return refused("this needs the right to manage the server, which no role set with /alert roles replaces",
			"此操作需要“管理服务器”权限，/alert roles 所设的身份组不能代替")
	}
	return nil
}

// wrong is wrong usage, in both languages.
func wrong(en, zh string, args ...any) error {
	return &Problem{Words: say(en, zh, args...), Is: ErrUsage}
}

// impossible is what cannot be done as things stand, in both languages.
func impossible(en, zh string, args ...any) error {
	return &Problem{Words: say(en, zh, args...), Is: ErrImpossible}
}

func refused(en, zh string) error {
	return &Problem{Words: tracker.Text{EN: en, ZH: zh}, Is: ErrRight}
}

// say fills a sentence in both languages; a [tracker.Text] among the arguments
// speaks the language of each.
func say(en, zh string, args ...any) tracker.Text {
	inEN, inZH := slices.Clone(args), slices.Clone(args)
	for i, arg := range args {
		if t, ok := arg.(tracker.Text); ok {
			inEN[i], inZH[i] = t.In("en"), t.In("zh")
		}
	}
	return tracker.Text{EN: fmt.Sprintf(en, inEN...), ZH: fmt.Sprintf(zh, inZH...)}
}

// shown is words of the asker as they can be said back: not too many of them.
func shown(words string) string {
	const most = 80
	if r := []rune(words); len(r) > most {
		return string(r[:most]) + "…"
	}
	return words
}

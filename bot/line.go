package bot

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"derisk/tracker"
)

// word is one word of a typed line.
type word struct {
	raw   string // as typed, quotes and all
	value string // without them
}

// splitWords cuts a line at spaces that stand in no quotes. A quote that is never
// closed is a character like any other.
func splitWords(line string) []word {
	var words []word
	var w word
	quote := rune(0)
	end := func() {
		if w.raw != "" {
			words = append(words, w)
		}
		w = word{}
	}
	runes := []rune(line)
	for i, r := range runes {
		switch {
		case quote == 0 && unicode.IsSpace(r):
			end()
			continue
		case r == quote:
			quote = 0
		case quote == 0 && closing[r] != 0 && slices.Contains(runes[i+1:], closing[r]):
			quote = closing[r]
		default:
			w.value += string(r)
		}
		w.raw += string(r)
	}
	end()
	return words
}

var closing = map[rune]rune{'"': '"', '“': '”', '「': '」'}

// readLine reads a typed line to a request, over the base of what is the same for
// every line. A line that begins with no command is a question for ask, unless it
// looks like a command that was mistyped.
func readLine(line string, base Request) (Request, error) {
	line = strings.TrimSpace(line)
	slashed := strings.HasPrefix(line, "/")
	words := splitWords(strings.TrimPrefix(line, "/"))
	c, used, ok := commandOf(words)
	r := base
	r.Args = maps.Clone(base.Args)
	if r.Args == nil {
		r.Args = map[string]string{}
	}
	if !ok {
		if near := mistyped(words, slashed); near != nil {
			return r, near
		}
		c, _ = Find("ask")
		used = 0
	}
	r.Command = c.Name
	return r, c.fill(r.Args, words[used:])
}

// commandOf finds the command that a line begins with, in English or Chinese.
func commandOf(words []word) (c Command, used int, ok bool) {
	for n := min(2, len(words)); n > 0; n-- {
		name := words[0].value
		if n == 2 {
			name += " " + words[1].value
		}
		if c, err := Find(name); err == nil {
			return c, n, true
		}
	}
	return Command{}, 0, false
}

// mistyped is the error of a line that is meant to be a command but is none; nil
// for what may well be a question.
func mistyped(words []word, slashed bool) error {
	if len(words) == 0 {
		return wrong("no command", "没有命令")
	}
	first := strings.ToLower(words[0].value)
	var known []string
	for _, c := range Commands() {
		if first == c.Name || first == c.ZH {
			name := c.Name
			if len(words) > 1 {
				name += " " + words[1].value
			}
			_, err := Find(name)
			return err
		}
		known = append(known, c.Name)
	}
	if slashed || len(words) <= 2 && isASCII(first) && !strings.HasSuffix(words[len(words)-1].value, "?") && tracker.Nearest(first, known) != "" {
		_, err := Find(first)
		return err
	}
	return nil
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}

// fill puts words into the command's arguments: name:value and --name value by
// name, the others by their order, and all that is left into the option that
// takes the rest.
func (c Command) fill(args map[string]string, words []word) error {
	var loose []word
	for i := 0; i < len(words); i++ {
		name, value, ok := c.byName(words[i])
		if flag, is := strings.CutPrefix(words[i].raw, "--"); !ok && is && flag != "" && i+1 < len(words) {
			if !c.has(flag) && flag != "lang" {
				return c.unknownOption(flag)
			}
			i++
			name, value, ok = flag, words[i].value, true
		}
		if !ok {
			loose = append(loose, words[i])
			continue
		}
		args[name] = strings.TrimSpace(args[name] + " " + value)
	}
	return c.place(args, loose)
}

// byName reads name:value and --name=value, where the command has such an option.
func (c Command) byName(w word) (name, value string, ok bool) {
	raw := strings.Replace(w.raw, "：", ":", 1)
	name, _, ok = strings.Cut(raw, ":")
	at := ":"
	if flag, is := strings.CutPrefix(raw, "--"); is {
		name, _, ok = strings.Cut(flag, "=")
		at = "="
	}
	if !ok || !c.has(name) && name != "lang" {
		return "", "", false
	}
	_, value, _ = strings.Cut(strings.Replace(w.value, "：", ":", 1), at)
	return name, value, true
}

// place puts words without a name where they belong by their order.
func (c Command) place(args map[string]string, loose []word) error {
	for _, required := range []bool{true, false} {
		for _, o := range c.Options {
			if o.Rest || o.Required != required || args[o.Name] != "" || len(loose) == 0 || !required && c.takesRest() {
				continue
			}
			args[o.Name] = loose[0].value
			loose = loose[1:]
		}
	}
	if len(loose) == 0 {
		return nil
	}
	i := slices.IndexFunc(c.Options, func(o Option) bool { return o.Rest })
	if i < 0 {
		return wrong("%s: %q is one word too many; it is used as: %s", "%s：“%s”是多余的词；用法：%s", c.Name, shown(loose[0].value), c.usage())
	}
	var rest []string
	for _, w := range loose {
		rest = append(rest, w.raw)
	}
	name := c.Options[i].Name
	args[name] = strings.TrimSpace(args[name] + " " + strings.Join(rest, " "))
	return nil
}

func (c Command) takesRest() bool {
	return slices.ContainsFunc(c.Options, func(o Option) bool { return o.Rest })
}

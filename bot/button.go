package bot

import (
	"errors"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// pressed is what a button asks for: a command, and which page of its reply. A
// button's custom_id holds all of it, so that it works after a restart:
//
//	v1:page:2:measure?id=cn-mofcom-2025-58
//
// The version goes up when old buttons could no longer be understood.
type pressed struct {
	Command string
	Args    map[string]string
	Page    int  // from 0
	Turn    bool // shows the page in place of the one with the button; else the reply is a new message
}

const (
	buttonVersion = "v1:"
	maxPage       = 10000
)

var errOldButton = errors.New("a button of another version")

// id is the custom_id of the button, or "" where it does not fit into one.
func (p pressed) id() string {
	var args []string
	for _, name := range slices.Sorted(maps.Keys(p.Args)) {
		args = append(args, sparingly.Replace(name)+"="+sparingly.Replace(p.Args[name]))
	}
	what := "run"
	if p.Turn {
		what = "page"
	}
	id := buttonVersion + what + ":" + strconv.Itoa(p.Page) + ":" + p.Command + "?" + strings.Join(args, "&")
	if runes(id) > maxCustomID {
		return ""
	}
	return id
}

// sparingly escapes what has a meaning in a query and nothing else: Chinese would
// take nine characters each.
var sparingly = strings.NewReplacer("%", "%25", "&", "%26", "=", "%3D", "+", "%2B", ";", "%3B")

// readButton reads a custom_id. It may come from a message of another version,
// so nothing in it is trusted.
func readButton(id string) (pressed, error) {
	rest, ok := strings.CutPrefix(id, buttonVersion)
	what, rest, more := strings.Cut(rest, ":")
	number, rest, most := strings.Cut(rest, ":")
	command, query, _ := strings.Cut(rest, "?")
	page, err := strconv.Atoi(number)
	args, bad := url.ParseQuery(query)
	if !ok || !more || !most || err != nil || bad != nil || page < 0 || page > maxPage || what != "page" && what != "run" {
		return pressed{}, errOldButton
	}
	p := pressed{Command: command, Page: page, Turn: what == "page", Args: map[string]string{}}
	for name := range args {
		p.Args[name] = args.Get(name)
	}
	return p, nil
}

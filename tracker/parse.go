package tracker

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

// Bounds on one file, far above any that a person writes.
const (
	maxFileBytes  = 1 << 20
	maxFileDepth  = 50
	maxFileFaults = 100 // further ones are only counted
)

// parse reads one YAML document to its top node, or to nil with faults.
// Anchors, aliases and explicit tags are refused: what is written is what is
// meant, and its size is bounded by that of the file.
func (r *reader) parse(data []byte) *yaml.Node {
	if words := unreadable(data); words != "" {
		r.add(0, 0, words)
		return nil
	}
	loader, err := yaml.NewLoader(bytes.NewReader(data),
		yaml.WithSingleDocument(false),
		yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxFileDepth))))
	if err != nil {
		r.add(0, 0, err.Error())
		return nil
	}
	var document, second yaml.Node
	if err := loader.Load(&document); err != nil {
		r.syntax(err)
		return nil
	}
	switch err := loader.Load(&second); {
	case err == nil:
		r.add(second.Line, second.Column, "a second document begins here: write one document a file")
		return nil
	case !errors.Is(err, io.EOF):
		r.syntax(err)
		return nil
	}
	if len(document.Content) != 1 {
		r.add(0, 0, "the file is empty")
		return nil
	}
	top := document.Content[0]
	before := len(r.faults)
	if r.refuseIndirect(top); len(r.faults) > before {
		return nil
	}
	return top
}

// unreadable says why data cannot be YAML text at all, or "".
func unreadable(data []byte) string {
	switch {
	case len(data) > maxFileBytes:
		return "the file is larger than 1 MiB: split it"
	case !utf8.Valid(data):
		return "the text is not UTF-8: save the file in that encoding"
	case bytes.IndexByte(data, 0) >= 0:
		return "the file holds a NUL byte: it is no text"
	}
	return ""
}

// syntax places what the YAML parser could not read.
func (r *reader) syntax(err error) {
	at, ok := errors.AsType[*yaml.LoadError](err)
	switch {
	case errors.Is(err, io.EOF) || ok && strings.Contains(at.Message, "no documents"):
		r.add(0, 0, "the file is empty")
	case !ok:
		r.add(0, 0, "not YAML: "+err.Error())
	case at.ContextMsg != "":
		r.add(at.Mark.Line, at.Mark.Column, "not YAML: "+at.Message+" ("+at.ContextMsg+")")
	default:
		r.add(at.Mark.Line, at.Mark.Column, "not YAML: "+at.Message)
	}
}

// refuseIndirect refuses anchors, aliases and explicit tags anywhere below n.
func (r *reader) refuseIndirect(n *yaml.Node) {
	switch {
	case n.Kind == yaml.AliasNode:
		r.add(n.Line, n.Column, "*"+n.Value+" stands for something written elsewhere: write it out")
		return
	case n.Anchor != "":
		r.add(n.Line, n.Column, "&"+n.Anchor+" names a value to use again: write values out where they belong")
	case n.Style&yaml.TaggedStyle != 0:
		r.add(n.Line, n.Column, "the tag "+n.ShortTag()+" is not needed: write the plain value")
	}
	for _, child := range n.Content {
		r.refuseIndirect(child)
	}
}

package bot

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

const (
	mostTyped    = 1000    // lines that are kept
	longestTyped = 2000    // bytes of one
	fullTyped    = 1 << 18 // bytes of the file; a longer one is shortened
)

// typedLines is a file of the lines that a person typed, the oldest first. Where
// it cannot be read or written there is none, and nothing is lost but that.
type typedLines struct{ path string } // empty: none is kept

// read gives the newest lines, and shortens a file that is too long.
func (f typedLines) read() []string {
	raw, whole := f.tail()
	var lines []string
	for line := range strings.Lines(raw) {
		if line = strings.TrimSuffix(line, "\n"); worthKeeping(line) {
			lines = append(lines, line)
		}
	}
	lines = lines[max(0, len(lines)-mostTyped):]
	if !whole {
		_ = f.replace(lines) // where that is not possible it is longer than it need be, no more
	}
	return lines
}

// tail is the end of the file, whole lines only, and whether it is all of it.
func (f typedLines) tail() (raw string, whole bool) {
	file, err := os.Open(f.path)
	if err != nil {
		return "", true
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return "", true
	}
	over := max(0, info.Size()-fullTyped)
	read, err := io.ReadAll(io.NewSectionReader(file, over, fullTyped))
	if err != nil || over == 0 {
		return string(read), true
	}
	_, rest, _ := strings.Cut(string(read), "\n")
	return rest, false
}

// add keeps a line.
func (f typedLines) add(line string) error {
	if f.path == "" || !worthKeeping(line) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(f.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(file, line)
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}

func (f typedLines) replace(lines []string) error {
	next := f.path + ".new"
	if err := os.WriteFile(next, []byte(strings.Join(append(lines, ""), "\n")), 0o600); err != nil {
		return err
	}
	return os.Rename(next, f.path)
}

// worthKeeping leaves out what is no line of words, and, as shells do, what
// begins with a space.
func worthKeeping(line string) bool {
	return line != "" && line[0] != ' ' && len(line) <= longestTyped && utf8.ValidString(line) && line == clean(line)
}

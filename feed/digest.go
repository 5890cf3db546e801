package feed

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"derisk/tracker"
)

const (
	maxDigest   = 5 << 20 // bytes of a digest
	maxArticles = 10_000  // articles of a digest
	maxTitle    = 500     // characters of an article's title
	digestZone  = "Asia/Shanghai"
)

var errNoArticle = errors.New("no article found: a digest has a line with a title, then a line such as \"Publisher· 2025-11-16 17:46\", then the text")

// ReadDigest reads a text digest. An article is a line with its title, a line
// with its publisher and time, and its text up to the next title:
//
//	A title
//	Publisher· 2025-11-16 17:46
//	Core Viewpoint - What it says [1][3]. Group 1: A heading - A point [2]. - Another point.
//
// The text may open with "Core Points" and go on with "Summary by Sections", or
// have groups without headings or without a viewpoint. Citation marks are
// dropped, and so is whatever stands before the first title. Times are in zone,
// or in Asia/Shanghai where zone is nil. A digest is read whole or not at all:
// at most 5 MiB of UTF-8 and 10,000 articles.
func ReadDigest(r io.Reader, zone *time.Location) ([]tracker.Article, error) {
	if zone == nil {
		var err error
		if zone, err = time.LoadLocation(digestZone); err != nil {
			return nil, fmt.Errorf("read a digest: %w", err)
		}
	}
	data, err := io.ReadAll(io.LimitReader(r, maxDigest+1))
	if err != nil {
		return nil, fmt.Errorf("read a digest: %w", err)
	}
	if len(data) > maxDigest {
		return nil, fmt.Errorf("the digest is larger than %d MiB: split it", maxDigest>>20)
	}
	lines, err := textLines(data)
	if err != nil {
		return nil, err
	}
	return articles(lines, zone)
}

// textLines cuts a text to lines without spaces round them. Control characters become spaces.
func textLines(data []byte) ([]string, error) {
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	var lines []string
	for i, line := range strings.Split(string(data), "\n") {
		if !utf8.ValidString(line) {
			return nil, fmt.Errorf("line %d: the digest is not UTF-8: save it as UTF-8", i+1)
		}
		lines = append(lines, strings.TrimSpace(strings.Map(plain, line)))
	}
	return lines, nil
}

func plain(r rune) rune {
	if unicode.IsControl(r) {
		return ' '
	}
	return r
}

var publisherForm = regexp.MustCompile(`^(\S.{0,99}?)\s*[·•・]\s*(\d{4}-\d\d-\d\d \d\d:\d\d)$`)

func articles(lines []string, zone *time.Location) ([]tracker.Article, error) {
	var list []tracker.Article
	var body []string // of the last article, with the next one's title at its end
	finish := func() {
		if len(list) > 0 {
			a := &list[len(list)-1]
			a.Lead, a.Groups = parts(strings.Join(body, " "))
		}
	}
	for i := 0; i < len(lines); i++ {
		i += chrome(lines[i:])
		if i == len(lines) {
			break
		}
		m := publisherForm.FindStringSubmatch(lines[i])
		if m == nil {
			if lines[i] != "" {
				body = append(body, lines[i])
			}
			continue
		}
		at, err := time.ParseInLocation("2006-01-02 15:04", m[2], zone)
		if err != nil {
			return nil, fmt.Errorf("line %d: %q is no time: write it as 2025-11-16 17:46", i+1, m[2])
		}
		if len(body) == 0 {
			return nil, fmt.Errorf("line %d: no title stands before %q", i+1, lines[i])
		}
		title := body[len(body)-1]
		if utf8.RuneCountInString(title) > maxTitle {
			return nil, fmt.Errorf("line %d: the title before it is longer than %d characters", i+1, maxTitle)
		}
		if len(list) == maxArticles {
			return nil, fmt.Errorf("line %d: the digest holds more than %d articles: split it", i+1, maxArticles)
		}
		body = body[:len(body)-1]
		finish()
		list, body = append(list, tracker.Article{ID: tracker.ArticleID(title, m[1], at), Title: title, Publisher: m[1], At: at}), nil
	}
	finish()
	if len(list) == 0 {
		return nil, errNoArticle
	}
	return list, nil
}

// chrome counts the lines of the page's head with which a copied page begins:
// from "Workflow" to "Search documents", with the name of the page between.
func chrome(lines []string) int {
	const longest = 6
	if lines[0] != "Workflow" {
		return 0
	}
	for i, line := range lines[:min(longest, len(lines))] {
		if line == "Search documents" {
			return i + 1
		}
	}
	return 0
}

var (
	citedStop   = regexp.MustCompile(`\.\s*(?:\[\d{1,4}\])+\.`) // after a shortened word: "the U.S. [1]."
	citations   = regexp.MustCompile(`\s*(?:\[\d{1,4}\])+`)
	groupMark   = regexp.MustCompile(`(?:^|\s)Group (\d{1,3})(:| -)\s`)
	pointMark   = regexp.MustCompile(`([\].。!！?？”"’)）])\s+-\s`)
	sectionMark = regexp.MustCompile(`(?:^|(?:\[\d{1,4}\])+[.。]?\s)\s*([^\s\[\]-][^\[\]]{0,99}?)\s-\s`)
)

// parts cuts an article's text to its core and its groups.
func parts(text string) (lead string, groups []tracker.Group) {
	if core, sections, ok := strings.Cut(text, "Summary by Sections "); ok {
		return leadOf(core), sectionsOf(sections)
	}
	marks := groupMarks(text)
	if len(marks) == 0 {
		return leadOf(text), nil
	}
	for i, m := range marks {
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		title, points := "", text[m[1]:end]
		if text[m[4]:m[5]] == ":" {
			title, points, _ = strings.Cut(points, " - ")
		}
		groups = append(groups, tracker.Group{Title: clean(title), Points: pointsOf(points)})
	}
	return leadOf(text[:marks[0][0]]), groups
}

// groupMarks finds the marks of groups that are numbered 1, 2, 3 and so on; a
// number out of turn is part of a sentence.
func groupMarks(text string) [][]int {
	var marks [][]int
	for _, m := range groupMark.FindAllStringSubmatchIndex(text, -1) {
		if text[m[2]:m[3]] == strconv.Itoa(len(marks)+1) {
			marks = append(marks, m)
		}
	}
	return marks
}

// leadOf is the core viewpoint, or the core points one after the other.
func leadOf(text string) string {
	text = strings.TrimSpace(text)
	for _, opening := range []string{"Core Viewpoint", "Core Points"} {
		if rest, ok := strings.CutPrefix(text, opening); ok {
			text = strings.TrimPrefix(strings.TrimSpace(rest), "- ")
			break
		}
	}
	sentences := pointsOf(text)
	for i, s := range sentences[:max(len(sentences)-1, 0)] {
		if last, _ := utf8.DecodeLastRuneInString(s); !unicode.IsPunct(last) {
			sentences[i] += "."
		}
	}
	return strings.Join(sentences, " ")
}

// pointsOf cuts at each dash that follows the end of a sentence or a citation.
func pointsOf(text string) []string {
	var points []string
	for point := range strings.SplitSeq(pointMark.ReplaceAllString(text, "$1\n"), "\n") {
		if point = clean(strings.TrimPrefix(strings.TrimSpace(point), "- ")); point != "" {
			points = append(points, point)
		}
	}
	return points
}

// sectionsOf cuts a text whose headings are marked only by where they stand:
// at its beginning or after a citation, before a dash.
func sectionsOf(text string) []tracker.Group {
	var groups []tracker.Group
	marks := sectionMark.FindAllStringSubmatchIndex(text, -1)
	for i, m := range marks {
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][2]
		}
		groups = append(groups, tracker.Group{Title: clean(text[m[2]:m[3]]), Points: pointsOf(text[m[1]:end])})
	}
	if len(groups) == 0 {
		return []tracker.Group{{Points: pointsOf(text)}}
	}
	return groups
}

// clean drops citation marks and spaces.
func clean(text string) string {
	return strings.TrimSpace(citations.ReplaceAllString(citedStop.ReplaceAllString(text, "."), ""))
}

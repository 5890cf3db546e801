package rules

import "derisk/tracker"

// What expressions see of each subject. The tags are the names of language.go;
// title_zh and note_zh are what [rewriter] puts in messages in Chinese. Views
// are never changed once they are made.

type measureView struct {
	measure    *tracker.Measure
	large      bool     // see [isLarge]
	ID         string   `expr:"id"`
	Title      string   `expr:"title"`
	TitleZH    string   `expr:"title_zh"`
	Kind       string   `expr:"kind"`
	Status     string   `expr:"status"`
	Reason     string   `expr:"reason"`
	By         string   `expr:"by"`
	Against    []string `expr:"against"`
	Tags       []string `expr:"tags"`
	HS         []string `expr:"hs"`
	Entities   []string `expr:"entities"`
	EndUse     string   `expr:"end_use"`
	Rate       float64  `expr:"rate"`
	Announced  day      `expr:"announced"`
	Effective  day      `expr:"effective"`
	Since      day      `expr:"since"`
	Until      day      `expr:"until"`
	BackFrom   day      `expr:"back_from"`
	Presumed   bool     `expr:"presumed"`
	Uncertain  bool     `expr:"uncertain"`
	Basis      string   `expr:"basis"`
	Reported   bool     `expr:"reported"`
	Under      string   `expr:"under"`
	ReviewDays float64  `expr:"review_days"`
}

type eventView struct {
	large      bool    // see [isLarge]
	ID         string  `expr:"id"`
	What       string  `expr:"what"`
	On         day     `expr:"on"`
	Until      day     `expr:"until"`
	Published  day     `expr:"published"`
	Evidence   string  `expr:"evidence"`
	Rate       float64 `expr:"rate"`
	RateBefore float64 `expr:"rate_before"`
	Note       string  `expr:"note"`
	NoteZH     string  `expr:"note_zh"`
}

type reviewView struct {
	large    bool    // see [isLarge]
	ID       string  `expr:"id"`
	Name     string  `expr:"name"`
	Measure  string  `expr:"measure"`
	Accepted day     `expr:"accepted"`
	Due      day     `expr:"due"`
	DueIs    string  `expr:"due_is"`
	Counted  float64 `expr:"counted"`
	Left     float64 `expr:"left"`
	Decided  day     `expr:"decided"`
}

type commitmentView struct {
	large     bool    // see [isLarge]
	ID        string  `expr:"id"`
	Title     string  `expr:"title"`
	TitleZH   string  `expr:"title_zh"`
	By        string  `expr:"by"`
	Due       day     `expr:"due"`
	Amount    float64 `expr:"amount"`
	Unit      string  `expr:"unit"`
	Framework string  `expr:"framework"`
	Entity    string  `expr:"entity"`
	Status    string  `expr:"status"`
}

type indicatorView struct {
	large    bool    // see [isLarge]
	ID       string  `expr:"id"`
	Title    string  `expr:"title"`
	TitleZH  string  `expr:"title_zh"`
	Unit     string  `expr:"unit"`
	Period   string  `expr:"period"`
	Value    float64 `expr:"value"`
	Source   string  `expr:"source"`
	Previous float64 `expr:"previous"`
}

type articleView struct {
	large     bool     // see [isLarge]
	ID        string   `expr:"id"`
	Title     string   `expr:"title"`
	TitleZH   string   `expr:"title_zh"`
	Publisher string   `expr:"publisher"`
	At        day      `expr:"at"`
	Measures  []string `expr:"measures"`
	Tags      []string `expr:"tags"`
	Text      string   `expr:"text"`
}

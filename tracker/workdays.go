package tracker

// Calendar is an authority's working days, as announced year by year.
type Calendar struct {
	ID      string         `json:"calendar" yaml:"calendar"` // such as CN
	Zone    string         `json:"zone" yaml:"zone"`
	Weekend []string       `json:"weekend" yaml:"weekend"` // sat, sun
	Note    Text           `json:"note,omitzero" yaml:"note,omitempty"`
	Years   []CalendarYear `json:"years" yaml:"years"`
}

// CalendarYear is one announced year.
type CalendarYear struct {
	Year     int       `json:"year" yaml:"year"`
	Notice   Text      `json:"notice,omitzero" yaml:"notice,omitempty"`
	Issued   Date      `json:"issued,omitzero" yaml:"issued,omitempty"`
	Holidays []Holiday `json:"holidays" yaml:"holidays"`
	Sources  []Source  `json:"sources,omitempty" yaml:"sources,omitempty"`
}

// Holiday is one public holiday: the days off, and the weekend days worked for them.
type Holiday struct {
	Name     Text   `json:"name" yaml:"name"`
	DaysOff  []Date `json:"days_off" yaml:"days_off"`
	Workdays []Date `json:"workdays,omitempty" yaml:"workdays,omitempty"`
}

// WorkingDays counts the working days after from, up to and including to;
// negative where to comes first. It is not known where a day in between lies
// beyond the announced years.
func (c *Calendar) WorkingDays(from, to Date) (n int, known bool) { panic("unwritten") }

package tracker

import "time"

// Entry is one line of the audit log: who changed what, and when. Entries are
// only ever added, in the transaction that makes the change.
type Entry struct {
	At      time.Time `json:"at"`
	By      string    `json:"by"`                // "local", "discord:ID", or "derisk" for what it does by itself; names change, so only the id is kept
	Owner   string    `json:"owner,omitempty"`   // whose thing was changed: "local", "guild:ID" or "user:ID"; empty: the common record
	Did     string    `json:"did"`               // such as "record" or "stop review"
	Subject string    `json:"subject,omitempty"` // the id of what was changed
	Detail  string    `json:"detail,omitempty"`  // what was given for it
}

// AuditQuery says which entries of the audit log are wanted.
type AuditQuery struct {
	Owner string    // those of one owner and of the common record; "*": all
	Words []string  // all of which an entry must hold, in whichever case
	Until time.Time // only those before; zero: all
	Limit int       // the newest of them; 0: all
}

package bot

import (
	"context"
	"time"

	"derisk/tracker"
)

// Recorder adds an event to a measure, if it may follow those before it.
type Recorder interface {
	Record(ctx context.Context, measure string, e tracker.Event, by string, at time.Time) error
}

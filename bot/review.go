package bot

import (
	"context"
	"time"

	"derisk/tracker"
)

// Reviews records reviews. Whether an order is possible is checked before.
type Reviews interface {
	AddReview(ctx context.Context, r tracker.Review) (tracker.Review, error)
	StopReview(ctx context.Context, owner, id string, s tracker.Stop, at time.Time) error
	ResumeReview(ctx context.Context, owner, id string, day tracker.Date, at time.Time) error
	DecideReview(ctx context.Context, owner, id string, day tracker.Date, at time.Time) error
}

package bot

import (
	"context"
	"time"

	"derisk/tracker"
)

// Subscriptions keeps what channels want to be told.
type Subscriptions interface {
	AddSubscription(ctx context.Context, s tracker.Subscription) (tracker.Subscription, error)
	Subscriptions(ctx context.Context, owner string) ([]tracker.Subscription, error)
	PauseSubscription(ctx context.Context, owner, id, why, by string, at time.Time) error
	ResumeSubscription(ctx context.Context, owner, id, by string, at time.Time) error
	DeleteSubscription(ctx context.Context, owner, id, by string, at time.Time) error
}

// RoleSetting is the key under which [Settings] keeps the id of the role that has
// a right in an owner's server.
func RoleSetting(owner string, right Right) string { return "role:" + owner + ":" + string(right) }

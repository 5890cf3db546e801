package bot

import (
	"context"

	"derisk/tracker"
)

// Deliveries tells what became of firings. It lists an owner's newest
// deliveries, newest first: at most limit, only those given up where failed.
type Deliveries func(ctx context.Context, owner string, failed bool, limit int) ([]Delivered, error)

// Delivered is a delivery with what it is about.
type Delivered struct {
	tracker.Delivery
	Fired   tracker.Firing       `json:"fired"`
	For     tracker.Subscription `json:"for"`
	Message string               `json:"message,omitempty"`   // Discord's id of the post
	LastWhy string               `json:"last_fail,omitempty"` // what the post's latest try met
	Tries   int                  `json:"tries,omitempty"`
}

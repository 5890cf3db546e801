package bot

import (
	"context"
	"time"
)

// graceTime is what work in hand gets when the program ends.
const graceTime = 3 * time.Second

// outlive is a context for work in hand: it ends after limit, and by the grace
// after ctx ended. The caller calls done when the work is.
func outlive(ctx context.Context, limit time.Duration) (working context.Context, done func()) {
	working, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	stop := context.AfterFunc(ctx, func() {
		sleep(working, graceTime) // less where the work is done
		cancel()
	})
	return working, func() {
		stop()
		cancel()
	}
}

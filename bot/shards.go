package bot

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"
)

// errTooFew ends all connections when one is to serve more servers than it may.
var errTooFew = errors.New("discord wants more shards")

// shard is one of the connections among which Discord divides a bot's servers
// ("Sharding" in its documentation). Direct messages go to the first.
type shard struct{ id, of int }

func (s shard) String() string { return fmt.Sprintf("%d/%d", s.id, s.of) }

// runShards keeps as many connections as Discord asks for until ctx ends or
// Discord will not have the bot. The number is asked for at the start, and anew
// when Discord says that it no longer suffices.
func (g *gateway) runShards(ctx context.Context) error {
	least := 1
	for failures := 0; ctx.Err() == nil; failures++ {
		found, err := g.address(ctx)
		if stop := refusal(err); stop != nil {
			return stop
		}
		if err == nil {
			n := max(found.Shards, least)
			err = g.together(ctx, n, found)
			if !errors.Is(err, errTooFew) {
				return err
			}
			least = n + 1
		}
		if ctx.Err() == nil {
			g.log.Warn("discord is asked again how many connections it wants", "err", err, "least", least)
		}
		sleep(ctx, g.backoff(failures)) // the loop looks at ctx
	}
	return nil
}

// together runs n shards until one ends with an error, or ctx does.
func (g *gateway) together(ctx context.Context, n int, found gatewayAddress) error {
	g.starts.limit(found.Starts.Total, found.Starts.Concurrency)
	all, ctx := errgroup.WithContext(ctx)
	for id := range n {
		one := *g
		one.shard = shard{id, n}
		all.Go(func() error { return one.run(ctx) })
	}
	return all.Wait()
}

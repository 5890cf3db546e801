package db

import (
	"time"

	"derisk/tracker"
)

const (
	// burstPosts is how many posts a channel gets in burstTime as they come; what
	// fires beyond goes out in digests. Discord itself takes about one a second.
	burstPosts = 60
	burstTime  = time.Minute
)

var burstWords = tracker.Text{
	EN: "More than 60 posts a minute would have come: told in short.",
	ZH: "每分钟将超过60条消息，现以摘要形式告知。",
}

// shorten makes digests of what would be too many posts for a channel.
func (g *gathering) shorten(all []readyDelivery) error {
	ready := map[string]*openPost{} // by channel, as if one post could hold all
	for _, r := range all {
		if r.digest {
			continue
		}
		if ready[r.channel] == nil {
			ready[r.channel] = &openPost{ticks: map[string]bool{}}
		}
		ready[r.channel].firings++
		ready[r.channel].ticks[r.tick()] = true
	}
	for channel, would := range ready {
		posts := max(would.firings/postSize, len(would.ticks)/ticksOfRules)
		var lately int
		err := g.scan(`SELECT count(*) FROM posts WHERE channel = ? AND made > ?`, []any{channel, g.now.Add(-burstTime).UnixNano()}, &lately)
		if err != nil {
			return err
		}
		if lately+posts < burstPosts {
			continue
		}
		for i := range all {
			if all[i].channel == channel {
				all[i].digest, all[i].lead = true, burstWords
			}
		}
	}
	return nil
}

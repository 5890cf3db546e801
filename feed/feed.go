// Package feed reads articles from outside. What it reads is hostile: every
// reader bounds size and count, and refuses what is not text.
//
// An article is evidence, never state. [ReadDigest] gives values; who keeps
// them, and ties them to measures with [tracker.Snapshot.Mentions], is the
// caller's business. The id of an article is made of its content, so the same
// article read again is the same article.
package feed

package bot

import "context"

// Complete offers values for an option as it is typed, at most 25, the likeliest
// first. The arguments given so far are in r.
func Complete(ctx context.Context, env Env, r Request, option, typed string) ([]Choice, error) {
	panic("unwritten")
}

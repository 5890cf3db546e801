package bot

import "context"

func ask(context.Context, Env, Request) (Reply, error)                { panic("unwritten") }
func overview(context.Context, Env, Request) (Reply, error)           { panic("unwritten") }
func measure(context.Context, Env, Request) (Reply, error)            { panic("unwritten") }
func measures(context.Context, Env, Request) (Reply, error)           { panic("unwritten") }
func check(context.Context, Env, Request) (Reply, error)              { panic("unwritten") }
func calendar(context.Context, Env, Request) (Reply, error)           { panic("unwritten") }
func history(context.Context, Env, Request) (Reply, error)            { panic("unwritten") }
func commitments(context.Context, Env, Request) (Reply, error)        { panic("unwritten") }
func indicators(context.Context, Env, Request) (Reply, error)         { panic("unwritten") }
func entity(context.Context, Env, Request) (Reply, error)             { panic("unwritten") }
func addReview(context.Context, Env, Request) (Reply, error)          { panic("unwritten") }
func listReviews(context.Context, Env, Request) (Reply, error)        { panic("unwritten") }
func stopReview(context.Context, Env, Request) (Reply, error)         { panic("unwritten") }
func resumeReview(context.Context, Env, Request) (Reply, error)       { panic("unwritten") }
func decideReview(context.Context, Env, Request) (Reply, error)       { panic("unwritten") }
func subscribe(context.Context, Env, Request) (Reply, error)          { panic("unwritten") }
func listSubscriptions(context.Context, Env, Request) (Reply, error)  { panic("unwritten") }
func pauseSubscription(context.Context, Env, Request) (Reply, error)  { panic("unwritten") }
func resumeSubscription(context.Context, Env, Request) (Reply, error) { panic("unwritten") }
func unsubscribe(context.Context, Env, Request) (Reply, error)        { panic("unwritten") }
func setRoles(context.Context, Env, Request) (Reply, error)           { panic("unwritten") }
func deliveries(context.Context, Env, Request) (Reply, error)         { panic("unwritten") }
func listRules(context.Context, Env, Request) (Reply, error)          { panic("unwritten") }
func explainRule(context.Context, Env, Request) (Reply, error)        { panic("unwritten") }
func backtestRules(context.Context, Env, Request) (Reply, error)      { panic("unwritten") }
func forecastRules(context.Context, Env, Request) (Reply, error)      { panic("unwritten") }
func record(context.Context, Env, Request) (Reply, error)             { panic("unwritten") }
func help(context.Context, Env, Request) (Reply, error)               { panic("unwritten") }

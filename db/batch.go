package db

import (
	"context"
	"database/sql"
)

// batch runs a few statements many times in one transaction: each is parsed
// once, which costs more than running it. It lives as long as its transaction.
type batch struct {
	ctx    context.Context
	tx     *sql.Tx
	parsed map[string]*sql.Stmt
}

func newBatch(ctx context.Context, tx *sql.Tx) *batch {
	return &batch{ctx: ctx, tx: tx, parsed: map[string]*sql.Stmt{}}
}

func (b *batch) statement(query string) (*sql.Stmt, error) {
	if s := b.parsed[query]; s != nil {
		return s, nil
	}
	s, err := b.tx.PrepareContext(b.ctx, query) // closed with the transaction
	if err == nil {
		b.parsed[query] = s
	}
	return s, err
}

func (b *batch) exec(query string, args ...any) error {
	s, err := b.statement(query)
	if err == nil {
		_, err = s.ExecContext(b.ctx, args...)
	}
	return err
}

// scan reads the one row of a query; [sql.ErrNoRows] where there is none.
func (b *batch) scan(query string, args []any, into ...any) error {
	s, err := b.statement(query)
	if err != nil {
		return err
	}
	return s.QueryRowContext(b.ctx, args...).Scan(into...)
}

package db

import (
	"errors"
	"testing"
	"time"
)

func TestBackup(t *testing.T) {
	d, _ := starter(t)
	path := newPath(t) + ".bak"
	ctx := t.Context()
	stop, stopped := make(chan struct{}), make(chan error)
	go func() { // writes go on
		var errs error
		for i := 0; ; i++ {
			select {
			case <-stop:
				stopped <- errs
				return
			default:
				tick := noon.Add(time.Duration(i) * time.Minute)
				errs = errors.Join(errs, d.Commit(ctx, outcome("r", tick, 3), tick))
			}
		}
	}()
	err := d.Backup(ctx, path)
	close(stop)
	must(t, errors.Join(<-stopped, err))
	refused(t, d.Backup(ctx, path), ErrExists, path)
	restored := openAt(t, path)
	must(t, restored.Check(ctx))
	if n := len(snapshot(t, restored).Measures); n == 0 || n != len(snapshot(t, d).Measures) || restored.Created() {
		t.Errorf("the copy holds %d measures", n)
	}
	s := state(t, restored, "r")
	if all, err := restored.Firings(ctx, time.Time{}, 0); err != nil || len(all)%3 != 0 || len(all) != len(s.Fired) {
		t.Errorf("the copy holds %d firings and remembers %d, %v", len(all), len(s.Fired), err)
	}
	refused(t, d.Backup(ctx, path+"/no/such"), nil, "no/such")
}

func TestCheckFindsDamage(t *testing.T) {
	d := fresh(t)
	must(t, d.Check(t.Context()))
	_, err := d.writer.Exec(`PRAGMA foreign_keys = OFF; INSERT INTO stops (review, n, stopped, resumed, reason) VALUES (7, 0, '2026-01-01', NULL, '')`)
	must(t, err)
	refused(t, d.Check(t.Context()), ErrCorrupt, "stops", "backup")
}

package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"strings"

	"derisk/rules"
)

// rulesAt reads the rules of a folder, or of a folder as it was at a git
// revision, written as git does: main:rules.d. Faults of its files are told by
// their place there; then the error is errNo.
func (a *app) rulesAt(where string) (*rules.Set, error) {
	fsys, err := folderAt(where)
	if err != nil {
		return nil, err
	}
	set, err := rules.Load(fsys)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	for _, fault := range set.Faults {
		fmt.Fprintf(a.errOut, "%s/%s\n", strings.TrimSuffix(where, "/"), fault)
	}
	if len(set.Faults) > 0 {
		return nil, errNo
	}
	return set, nil
}

func folderAt(where string) (fs.FS, error) {
	switch revision, _, atRevision := strings.Cut(where, ":"); {
	case isFolder(where):
		return openFolder(where)
	case !atRevision:
		return nil, fmt.Errorf("no folder %s here: name a folder, or one at a git revision, such as main:rules.d", where)
	case revision == "":
		return nil, usagef("%s names no git revision: write it as main:rules.d", where)
	}
	return gitFolder(where)
}

// gitFolder takes a folder out of a git revision of the checkout that we are in.
// What is asked for is first made an object's id, so that git never reads it as
// an option; from within the git folder, so that the folder in which we are
// cuts nothing off.
func gitFolder(where string) (fs.FS, error) {
	found, err := git(".", "rev-parse", "--verify", "--end-of-options", where)
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return nil, fmt.Errorf("%s: git is not installed here: name two folders instead", where)
	case err != nil:
		return nil, fmt.Errorf("%s is neither a folder here nor one at a git revision (in a shallow checkout, fetch that revision first)", where)
	}
	tree := strings.TrimSpace(string(found))
	if kind, err := git(".", "cat-file", "-t", tree); err != nil || strings.TrimSpace(string(kind)) != "tree" {
		return nil, fmt.Errorf("%s is no folder at that git revision", where)
	}
	home, err := git(".", "rev-parse", "--absolute-git-dir")
	if err != nil {
		return nil, fmt.Errorf("find the git folder: %w", err)
	}
	dir := strings.TrimSpace(string(home))
	packed, err := git(dir, "--git-dir="+dir, "archive", "--format=zip", "-0", tree)
	if err != nil {
		return nil, fmt.Errorf("read %s out of git, at most %d MiB: %w", where, maxGitOut>>20, err)
	}
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return nil, fmt.Errorf("read %s out of git: %w", where, err)
	}
	return archive, nil
}

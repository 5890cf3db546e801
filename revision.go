package main

import (
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Bounds on what is read of a git checkout.
const (
	gitWait   = 2 * time.Second
	maxRef    = 4 << 10  // bytes of .git, HEAD and a ref
	maxGitOut = 16 << 20 // bytes of what git prints, and of packed-refs
)

// revisionOf tells, by a file's name and text, the git commit that a folder is
// at, as [tracker.RuleVersion] has it. Whether a file differs from the commit
// only git itself can tell; without it that is left open.
func revisionOf(dir string) func(file, text string) string {
	top, found := checkoutOf(dir)
	if !found {
		return func(string, string) string { return "" }
	}
	commit, blobs, err := askGit(dir)
	if err != nil {
		commit = headOf(top)
	}
	return func(file, text string) string {
		switch id, known := blobs[file]; {
		case commit == "":
			return "unknown"
		case err != nil || id == notPlain:
			return commit + "+unchecked"
		case !known || !isBlob(id, text):
			return commit + "+changes"
		}
		return commit
	}
}

// checkoutOf finds the top of the checkout that a folder lies in.
func checkoutOf(dir string) (top string, found bool) {
	dir, err := filepath.Abs(dir)
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	for err == nil {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir, true
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	return "", false
}

// notPlain stands for the id of what is in the commit but is no plain file.
const notPlain = "not plain"

// askGit gives the commit of HEAD, and by file the id of its text there. It
// fails where git is missing, slow, or refuses the checkout.
func askGit(dir string) (commit string, blobs map[string]string, err error) {
	out, err := git(dir, "rev-parse", "--verify", "HEAD^{commit}")
	if err != nil {
		return "", nil, err
	}
	commit = strings.TrimSpace(string(out))
	if !isObjectID(commit) {
		return "", nil, fmt.Errorf("git names the commit %q", commit)
	}
	out, err = git(dir, "ls-tree", "-z", commit)
	if err != nil {
		return "", nil, err
	}
	blobs = map[string]string{}
	for entry := range strings.SplitSeq(string(out), "\x00") {
		what, file, _ := strings.Cut(entry, "\t") // "100644 blob ID", tab, name
		words := strings.Fields(what)
		switch {
		case len(words) != 3:
		case strings.HasPrefix(words[0], "100"):
			blobs[file] = words[2]
		default:
			blobs[file] = notPlain
		}
	}
	return commit, blobs, nil
}

// git runs git in a folder. It neither writes, asks, nor reaches out, and takes
// no checkout but the folder's own.
func git(dir string, args ...string) ([]byte, error) {
	ctx, stop := context.WithTimeout(context.Background(), gitWait)
	defer stop()
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", dir, "-c", "core.fsmonitor=false"}, args...)...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GIT_") })
	cmd.Env = append(cmd.Env, "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "LC_ALL=C")
	cmd.WaitDelay = gitWait
	var out bounded
	cmd.Stdout = &out
	err := cmd.Run()
	return out.Bytes(), err
}

// bounded is a buffer that takes no more than maxGitOut bytes.
type bounded struct{ bytes.Buffer }

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxGitOut {
		return 0, io.ErrShortBuffer
	}
	return b.Buffer.Write(p)
}

// isBlob says that a text is the one of that id, also where git ends its lines
// as Windows does on the way out.
func isBlob(id, text string) bool {
	return blobID(id, text) == id || blobID(id, strings.ReplaceAll(text, "\r\n", "\n")) == id
}

// blobID is git's id of a text, by the hash that ids of that length are made with.
func blobID(like, text string) string {
	blob := fmt.Appendf(nil, "blob %d\x00%s", len(text), text)
	if len(like) == 2*sha256.Size {
		sum := sha256.Sum256(blob)
		return hex.EncodeToString(sum[:])
	}
	sum := sha1.Sum(blob)
	return hex.EncodeToString(sum[:])
}

func isObjectID(s string) bool {
	_, err := hex.DecodeString(s)
	return err == nil && (len(s) == 2*sha1.Size || len(s) == 2*sha256.Size)
}

// headOf reads the commit of HEAD without git; empty where it cannot be told.
func headOf(top string) string {
	dir := gitDir(top)
	ref, named := strings.CutPrefix(readShort(filepath.Join(dir, "HEAD")), "ref: ")
	if !named {
		return objectID(ref)
	}
	if !strings.HasPrefix(ref, "refs/") || !filepath.IsLocal(filepath.FromSlash(ref)) {
		return ""
	}
	common := dir
	if to := readShort(filepath.Join(dir, "commondir")); to != "" {
		if common = to; !filepath.IsAbs(common) {
			common = filepath.Join(dir, common)
		}
	}
	for _, place := range []string{dir, common} {
		if id := objectID(readShort(filepath.Join(place, filepath.FromSlash(ref)))); id != "" {
			return id
		}
	}
	return packedRef(filepath.Join(common, "packed-refs"), ref)
}

// gitDir is where git keeps a checkout's own state.
func gitDir(top string) string {
	dir := filepath.Join(top, ".git")
	link, ok := strings.CutPrefix(readShort(dir), "gitdir: ") // a worktree or submodule
	switch {
	case !ok:
		return dir
	case filepath.IsAbs(link):
		return link
	}
	return filepath.Join(top, link)
}

func objectID(s string) string {
	if isObjectID(s) {
		return s
	}
	return ""
}

// packedRef looks for a ref where git keeps many in one file.
func packedRef(path, ref string) string {
	for line := range strings.Lines(string(readUpTo(path, maxGitOut))) {
		if id, name, ok := strings.Cut(strings.TrimSpace(line), " "); ok && name == ref {
			return objectID(id)
		}
	}
	return ""
}

// readShort is the line that a small file holds; empty where there is none.
func readShort(path string) string { return strings.TrimSpace(string(readUpTo(path, maxRef))) }

func readUpTo(path string, most int64) []byte {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() || info.Size() > most {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil {
		return nil
	}
	return data
}

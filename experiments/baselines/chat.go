// A peer of fan-out: two goroutines per connection, one reads and one writes; nothing is kept, nothing is dropped.
package main

import (
	"bufio"
	"fmt"
	"log"
	"net"
	"strings"
	"sync"
	"time"
)

const (
	bufferBytes = 64 << 10
	queueLines  = 1024
)

type client struct {
	id    string
	lines chan []byte
}

type room struct {
	mutex   sync.Mutex
	last    int
	members map[*client]bool
}

var (
	roomsMutex sync.Mutex
	rooms      = map[string]*room{}
)

func roomOf(name string) *room {
	roomsMutex.Lock()
	defer roomsMutex.Unlock()
	found := rooms[name]
	if found == nil {
		found = &room{members: map[*client]bool{}}
		rooms[name] = found
	}
	return found
}

// write flushes only when nothing more waits, so lines that come together leave in few writes.
func write(conn net.Conn, lines chan []byte) {
	writer := bufio.NewWriterSize(conn, bufferBytes)
	for line := range lines {
		writer.Write(line)
		if len(lines) == 0 {
			writer.Flush()
		}
	}
	conn.Close()
}

func (c *client) obey(line string) {
	words := strings.SplitN(line, " ", 3)
	if len(words) < 2 {
		return
	}
	if words[0] == "HELLO" {
		c.id = words[1]
		c.lines <- []byte("HELLO: " + c.id + " key 0\n")
		return
	}
	in := roomOf(words[1])
	in.mutex.Lock()
	defer in.mutex.Unlock()
	if words[0] == "JOIN" {
		in.members[c] = true
		c.lines <- []byte(fmt.Sprintf("JOIN: %s %d %d\n", words[1], in.last, len(in.members)))
	} else if words[0] == "SAY" && len(words) == 3 {
		in.last++
		at := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
		said := []byte(fmt.Sprintf("* %s %d %s %s: %s\n", words[1], in.last, at, c.id, words[2]))
		for member := range in.members {
			member.lines <- said
		}
		c.lines <- []byte(fmt.Sprintf("SAY: %s %d\n", words[1], in.last))
	}
}

func (c *client) leave() {
	roomsMutex.Lock()
	defer roomsMutex.Unlock()
	for _, each := range rooms {
		each.mutex.Lock()
		delete(each.members, c)
		each.mutex.Unlock()
	}
	close(c.lines)
}

func serve(conn net.Conn) {
	c := &client{lines: make(chan []byte, queueLines)}
	go write(conn, c.lines)
	scanner := bufio.NewScanner(conn)
	for scanner.Scan() {
		c.obey(scanner.Text())
	}
	c.leave()
}

func main() {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening %d\n", listener.Addr().(*net.TCPAddr).Port)
	for {
		conn, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go serve(conn)
	}
}

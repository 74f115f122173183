// A peer of the pipelined comparison: one goroutine per connection, buffered both ways, the same frames and replies.
package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"syscall"
	"time"
)

const (
	magic           = 0x12345678
	typeRequest     = 1
	typeResponse    = 2
	payloadBytesMax = 1 << 20
	bufferBytes     = 64 << 10
	// SO_REUSEPORT of Linux, which package syscall leaves out.
	reusePort = 15
)

var (
	serverID string
	work     time.Duration
	ledger   *os.File
)

type request struct {
	ClientID  json.RawMessage `json:"client_id"`
	MessageID json.RawMessage `json:"message_id"`
}

type reply struct {
	ClientID       json.RawMessage `json:"client_id,omitempty"`
	MessageID      json.RawMessage `json:"message_id,omitempty"`
	Timestamp      float64         `json:"timestamp"`
	Data           string          `json:"data,omitempty"`
	ProcessingTime float64         `json:"processing_time"`
	ServerID       string          `json:"server_id"`
	Status         string          `json:"status"`
	Error          string          `json:"error,omitempty"`
}

// session is what one row of the ledger says, as the servers of the document leave it.
type session struct {
	clientID   json.RawMessage
	opened     time.Time
	answered   int
	processing time.Duration
}

// leave writes the row in one call, so that rows of several sessions do not mix.
func (s *session) leave() {
	if ledger == nil {
		return
	}
	var clientID string
	json.Unmarshal(s.clientID, &clientID)
	var average float64
	if s.answered > 0 {
		average = s.processing.Seconds() / float64(s.answered)
	}
	now := time.Now()
	fmt.Fprintf(ledger, "%s,%d,%s,%.6f,%.6f,%.6f,%.6f,,,\n", clientID, s.answered, serverID,
		seconds(s.opened), average, seconds(now), now.Sub(s.opened).Seconds())
}

func seconds(at time.Time) float64 {
	return float64(at.UnixMicro()) / 1e6
}

func (s *session) answer(payload []byte) ([]byte, error) {
	started := time.Now()
	out := reply{ServerID: serverID, Status: "success", Data: "Response from server"}
	var in request
	if err := json.Unmarshal(payload, &in); err != nil {
		out.Status, out.Data, out.Error = "error", "", "Payload is not a JSON object"
	} else {
		out.ClientID, out.MessageID = in.ClientID, in.MessageID
		s.clientID = in.ClientID
		if work > 0 {
			time.Sleep(work)
		}
	}
	now := time.Now()
	s.answered++
	s.processing += now.Sub(started)
	out.Timestamp = seconds(now)
	out.ProcessingTime = float64(now.Sub(started).Microseconds()) / 1e6
	return json.Marshal(&out)
}

// serve flushes only when nothing more has arrived, so a pipelined batch leaves in few writes.
func serve(conn net.Conn) {
	defer conn.Close()
	s := session{opened: time.Now()}
	defer s.leave()
	reader := bufio.NewReaderSize(conn, bufferBytes)
	writer := bufio.NewWriterSize(conn, bufferBytes)
	defer writer.Flush()
	header := make([]byte, 12)
	payload := make([]byte, 0, 1024)
	for {
		if _, err := io.ReadFull(reader, header); err != nil {
			return
		}
		size := binary.BigEndian.Uint32(header[8:])
		known := binary.BigEndian.Uint32(header) == magic && binary.BigEndian.Uint32(header[4:]) == typeRequest
		if !known || size > payloadBytesMax {
			return
		}
		if uint32(cap(payload)) < size {
			payload = make([]byte, size)
		}
		payload = payload[:size]
		if _, err := io.ReadFull(reader, payload); err != nil {
			return
		}
		body, err := s.answer(payload)
		if err != nil {
			log.Printf("Connection ended: %v", err)
			return
		}
		binary.BigEndian.PutUint32(header[4:], typeResponse)
		binary.BigEndian.PutUint32(header[8:], uint32(len(body)))
		writer.Write(header)
		writer.Write(body)
		if reader.Buffered() == 0 {
			if err := writer.Flush(); err != nil {
				return
			}
		}
	}
}

func share(_, _ string, conn syscall.RawConn) error {
	var failure error
	err := conn.Control(func(fd uintptr) {
		failure = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, reusePort, 1)
	})
	if err != nil {
		return err
	}
	return failure
}

func main() {
	port := flag.Int("port", 0, "TCP port, 0 for any free one")
	sharePort := flag.Bool("share-port", false, "share the port with other processes")
	workMs := flag.Float64("work-ms", 0, "simulated work per request, in milliseconds")
	ledgerFile := flag.String("ledger", "", "where the row of each session goes")
	flag.StringVar(&serverID, "server-id", "go", "name in replies and rows")
	flag.Parse()
	work = time.Duration(*workMs * float64(time.Millisecond))
	if *ledgerFile != "" {
		file, err := os.OpenFile(*ledgerFile, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			log.Fatal(err)
		}
		ledger = file
	}
	config := net.ListenConfig{}
	if *sharePort {
		config.Control = share
	}
	listener, err := config.Listen(context.Background(), "tcp4", fmt.Sprintf("127.0.0.1:%d", *port))
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

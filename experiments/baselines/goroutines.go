// A peer of the pipelined comparison: one goroutine per connection, buffered both ways, the same frames and replies.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"time"
)

const (
	magic           = 0x12345678
	typeRequest     = 1
	typeResponse    = 2
	payloadBytesMax = 1 << 20
	bufferBytes     = 64 << 10
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

func answer(payload []byte, work time.Duration) ([]byte, error) {
	started := time.Now()
	out := reply{ServerID: "go", Status: "success", Data: "Response from server"}
	var in request
	if err := json.Unmarshal(payload, &in); err != nil {
		out.Status, out.Data, out.Error = "error", "", "Payload is not a JSON object"
	} else {
		out.ClientID, out.MessageID = in.ClientID, in.MessageID
		if work > 0 {
			time.Sleep(work)
		}
	}
	now := time.Now()
	out.Timestamp = float64(now.UnixMicro()) / 1e6
	out.ProcessingTime = float64(now.Sub(started).Microseconds()) / 1e6
	return json.Marshal(&out)
}

// serve flushes only when nothing more has arrived, so a pipelined batch leaves in few writes.
func serve(conn net.Conn, work time.Duration) {
	defer conn.Close()
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
		body, err := answer(payload, work)
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

func main() {
	port := flag.Int("port", 0, "TCP port, 0 for any free one")
	workMs := flag.Float64("work-ms", 0, "simulated work per request, in milliseconds")
	flag.Parse()
	listener, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening %d\n", listener.Addr().(*net.TCPAddr).Port)
	for {
		conn, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go serve(conn, time.Duration(*workMs*float64(time.Millisecond)))
	}
}

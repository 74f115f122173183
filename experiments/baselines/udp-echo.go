// A peer of the UDP echo: one goroutine reads a datagram and answers it, as a plain Go program would.
package main

import (
	"bytes"
	"fmt"
	"log"
	"net"
)

const datagramBytesMax = 8192

func main() {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening %d\n", conn.LocalAddr().(*net.UDPAddr).Port)
	reply := []byte("ECHO: Comando recebido com sucesso.")
	buffer := make([]byte, datagramBytesMax)
	for {
		count, from, err := conn.ReadFromUDPAddrPort(buffer)
		if err != nil {
			log.Fatal(err)
		}
		if bytes.HasPrefix(buffer[:count], []byte("ECHO")) {
			conn.WriteToUDPAddrPort(reply, from)
		}
	}
}

# A program accepts connections on a socket that was opened for it, through the four functions of
# preview 1; the address pool decides who may connect and where may be listened.
source "$(dirname "$0")/../common.sh"
cat > server.c <<'C'
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wasi/api.h>
// Upper-cases what each client sends, says so, and ends after a client that sends "end".
int main(void) {
  __wasi_fdstat_t status;
  if (__wasi_fd_fdstat_get(3, &status) != 0 || status.fs_filetype != __WASI_FILETYPE_SOCKET_STREAM) return 10;
  char probe;
  if (read(3, &probe, 1) != -1) return 11;  // a listening socket carries no data
  for (;;) {
    const int client = accept(3, NULL, NULL);
    if (client < 0) return 12;
    char text[100] = "", peeked[100] = "";
    const ssize_t ahead = recv(client, peeked, sizeof peeked, MSG_PEEK);
    const ssize_t size = recv(client, text, sizeof text, 0);
    if (size <= 0 || ahead <= 0 || memcmp(text, peeked, (size_t)ahead) != 0) return 13;
    for (ssize_t i = 0; i < size; ++i) if (text[i] >= 'a' && text[i] <= 'z') text[i] -= 32;
    if (send(client, text, (size_t)size, 0) != size) return 14;
    if (shutdown(client, SHUT_WR) != 0) return 15;
    if (recv(client, text + 50, 10, 0) != 0) return 16;  // the client closes
    if (close(client) != 0) return 17;
    if (memcmp(text, "END", 3) == 0) break;
  }
  if (shutdown(STDERR_FILENO, SHUT_RD) != -1 || errno != ENOTSOCK) return 18;
  if (shutdown(77, SHUT_RD) != -1 || errno != EBADF) return 19;
  return 0;
}
C
wasi_cc server.c -o server.wasm
"$TENONC" server.wasm -o server.aot
cat > client.py <<'PYTHON'
import socket, sys, time
def ask(text):
    for attempt in range(200):
        try:
            with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=10) as connection:
                connection.sendall(text)
                answer = b""
                while piece := connection.recv(100):
                    answer += piece
                return answer
        except ConnectionRefusedError:
            time.sleep(0.05)
        except ConnectionResetError:
            return b""
for text in sys.argv[2:]:
    print(ask(text.encode()).decode())
PYTHON
port=$((20000 + $$ % 20000))
"$TENON" --tcp-listen=127.0.0.1:$port --addr-pool=127.0.0.0/8 server.aot &
[ "$(python3 client.py $port hello end)" = "$(printf 'HELLO\nEND')" ]
wait $!

fails() {  # the words that the error must have, then arguments of tenon
  local words=$1
  shift
  if "$TENON" "$@" server.aot 2> error; then echo "not refused: $*"; exit 1; fi
  grep -q "$words" error || { cat error; exit 1; }
}
fails "address pool does not allow" --tcp-listen=127.0.0.1:$port --addr-pool=10.0.0.0/8
fails "no address to listen on" --tcp-listen=localhost:$port
fails "no address or ADDRESS/BITS" --addr-pool=10.0.0.0/99
# Listening everywhere, but for nobody from here: the connection ends unanswered.
"$TENON" --tcp-listen=0.0.0.0:$port --addr-pool=0.0.0.0/32 --addr-pool=10.0.0.0/8 server.aot &
server=$!
[ "$(python3 client.py $port hello)" = "" ]
kill $server

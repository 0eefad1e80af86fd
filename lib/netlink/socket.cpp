#include "lib/netlink/socket.h"

#include <cerrno>
#include <cstring>

#include <linux/netlink.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace hawser::nl {

namespace {

// The kernel makes the pieces of a dump as large as the largest buffer that it was offered, up to 32 KiB.
constexpr std::size_t kBuffer = 32768;
constexpr int kReceiveBuffer = 1 << 20;
constexpr int kAttempts = 5;
constexpr timeval kPatience{10, 0};  // the kernel answers within the send; this only ends a wait for a bug
constexpr std::size_t kSequenceOffset = 8;

tl::unexpected<Error> last_error() {
  return tl::unexpected(Error{{}, errno});
}

void set_option(int fd, int level, int option, int value) {
  // Not essential: without it there are fewer words or a smaller buffer.
  (void)setsockopt(fd, level, option, &value, sizeof(value));
}

}  // namespace

Result<Socket> Socket::open(int protocol) {
  Fd fd{socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol)};
  sockaddr_nl any{};
  any.nl_family = AF_NETLINK;
  if (fd.get() < 0 || bind(fd.get(), reinterpret_cast<const sockaddr*>(&any), sizeof(any)) != 0)
    return fail_with(errno, "netlink: open socket: {}", std::strerror(errno));
  set_option(fd.get(), SOL_NETLINK, NETLINK_EXT_ACK, 1);
  set_option(fd.get(), SOL_NETLINK, NETLINK_CAP_ACK, 1);
  set_option(fd.get(), SOL_SOCKET, SO_RCVBUF, kReceiveBuffer);
  (void)setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof(kPatience));
  return Socket{std::move(fd)};
}

Socket::Socket(Fd fd) : fd_(std::move(fd)), buffer_(kBuffer) {}

Result<IfIndex> Socket::index_of(const std::string& name) {
  ifreq request{};
  // An ioctl on this very socket asks its own namespace; if_nametoindex() asks the thread's.
  if (name.empty() || name.size() >= sizeof(request.ifr_name)) return tl::unexpected(Error{{}, ENODEV});
  name.copy(request.ifr_name, name.size());
  if (ioctl(fd_.get(), SIOCGIFINDEX, &request) != 0) return last_error();
  return IfIndex{request.ifr_ifindex};
}

Status Socket::request(Bytes message) {
  return exchange(std::move(message), [](const MessageView&) -> Status { return {}; });
}

Status Socket::dump(const Bytes& message, const std::function<void()>& start, const Visit& visit) {
  Status status;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    start();
    status = exchange(message, visit);
    if (status ? !torn_ : status.error().code != ENOBUFS) return status;
  }
  if (!status) return status;
  return fail_with(EINTR, "the kernel's tables kept changing while they were read");
}

// Reads on to the end even after a refused message: a dump left half read would block the next one (EBUSY).
Status Socket::exchange(Bytes message, const Visit& visit) {
  torn_ = false;
  Status seen;
  if (auto sent = send(message); !sent) return sent;
  while (true) {
    const auto datagram = receive();
    if (!datagram) return tl::unexpected(datagram.error());
    const auto done = take_all(*datagram, [&](const MessageView& view) {
      if (seen) seen = visit(view);
    });
    if (!done) return tl::unexpected(done.error());
    if (*done) return seen;
  }
}

Status Socket::send(Bytes& message) {
  ++sequence_;
  std::memcpy(message.data() + kSequenceOffset, &sequence_, sizeof(sequence_));
  while (::send(fd_.get(), message.data(), message.size(), 0) < 0)
    if (errno != EINTR) return last_error();
  return {};
}

Result<ByteView> Socket::receive() {
  ssize_t length = -1;
  do {
    length = recv(fd_.get(), buffer_.data(), buffer_.size(), MSG_TRUNC);
  } while (length < 0 && errno == EINTR);
  if (length < 0 && errno == EAGAIN) return fail_with(ETIMEDOUT, "the kernel did not answer");
  if (length < 0) return last_error();
  const auto size = static_cast<std::size_t>(length);
  if (size > buffer_.size()) return fail_with(EMSGSIZE, "answer of {} bytes is too long", size);
  return ByteView{buffer_}.first(size);
}

Result<bool> Socket::take_all(ByteView datagram, const std::function<void(const MessageView&)>& visit) {
  while (!datagram.empty()) {
    const auto message = next_message(datagram);
    if (!message) return tl::unexpected(message.error());
    if (message->sequence != sequence_) continue;  // of an exchange that was given up
    if ((message->flags & NLM_F_DUMP_INTR) != 0) torn_ = true;
    if (message->type == NLMSG_ERROR || message->type == NLMSG_DONE) {
      const auto answer = decode_answer(*message);
      if (!answer) return tl::unexpected(answer.error());
      return true;
    }
    visit(*message);
  }
  return false;
}

}  // namespace hawser::nl

#include "lib/netlink/socket.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include <net/if.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace hawser::nl {

namespace {

// The kernel makes the pieces of a dump as large as the largest buffer that it was offered, up to 32 KiB.
constexpr std::size_t kBuffer = 32768;
constexpr int kReceiveBuffer = 1 << 20;
// A thousand IPv6 addresses that were just added change the table for some milliseconds more, one after the
// other (addrconf_dad_work()): asked again at once, the kernel is only faster than we are.
constexpr int kAttempts = 7;
constexpr std::chrono::milliseconds kFirstPause{
    1};                              // and twice as long before each further attempt: 63 in all
constexpr timeval kPatience{10, 0};  // the kernel answers within the send; this only ends a wait for a bug

int note_refusal(sockaddr_nl* /*sender*/, nlmsgerr* answer, void* code) {
  *static_cast<int*>(code) = -answer->error;
  return NL_STOP;
}

tl::unexpected<Error> last_error() {
  return tl::unexpected(Error{{}, errno});
}

// Of a step, explain() says what the errno means; of a question it stands for itself.
Status in_words(Status status) {
  if (!status && status.error().text.empty()) status.error().text = std::strerror(status.error().code);
  return status;
}

void set_option(int fd, int level, int option, int value) {
  // Not essential: without it there are fewer words or a smaller buffer.
  (void)setsockopt(fd, level, option, &value, sizeof(value));
}

}  // namespace

void Socket::Free::operator()(nl_sock* socket) const {
  nl_socket_free(socket);
}

Socket::Socket(nl_sock* socket) : socket_(socket) {}

Result<Socket> Socket::open(int protocol) {
  Socket socket{nl_socket_alloc()};
  if (!socket.get() || nl_connect(socket.get(), protocol) < 0)
    return fail_with(errno, "netlink: open socket: {}", std::strerror(errno));
  nl_socket_disable_auto_ack(socket.get());  // a message says itself what it wants
  nl_socket_disable_msg_peek(socket.get());
  nl_socket_set_msg_buf_size(socket.get(), kBuffer);
  nl_socket_set_buffer_size(socket.get(), kReceiveBuffer, 0);
  set_option(socket.fd(), SOL_NETLINK, NETLINK_EXT_ACK, 1);
  set_option(socket.fd(), SOL_NETLINK, NETLINK_CAP_ACK, 1);
  (void)setsockopt(socket.fd(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof(kPatience));
  return socket;
}

void Socket::only_what_is_asked() const {
  set_option(fd(), SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
}

std::uint32_t Socket::port() const {
  return nl_socket_get_local_port(socket_.get());
}

int Socket::fd() const {
  return nl_socket_get_fd(socket_.get());
}

Result<IfIndex> Socket::index_of(const std::string& name) const {
  ifreq request{};
  // An ioctl on this very socket asks its own namespace; if_nametoindex() asks the thread's.
  if (name.empty() || name.size() >= sizeof(request.ifr_name)) return tl::unexpected(Error{{}, ENODEV});
  name.copy(request.ifr_name, name.size());
  if (ioctl(fd(), SIOCGIFINDEX, &request) != 0) return last_error();
  return IfIndex{request.ifr_ifindex};
}

// libnl calls every failure "not found", so what the kernel said is listened to.
Result<std::uint16_t> Socket::number_of(const char* family) {
  int refused = 0;
  nl_socket_modify_err_cb(get(), NL_CB_CUSTOM, note_refusal, &refused);
  const int number = genl_ctrl_resolve(get(), family);
  if (number >= 0) return static_cast<std::uint16_t>(number);
  return tl::unexpected(Error{{}, refused != 0 ? refused : errno});
}

// The kernel works while we send, and what it was interrupted in it does not acknowledge (netlink_rcv_skb()
// skips that for EINTR): what has not come by now never will.
Status Socket::request(Message message) {
  const auto number = send(message);
  if (!number) return tl::unexpected(number.error());
  pollfd answer{fd(), POLLIN, 0};
  if (::poll(&answer, 1, 0) == 0)
    return fail_with(EINTR, "the kernel was interrupted and does not say what became of it");
  return hear(*number, [](const MessageView&) -> Status { return {}; });
}

// What is refused the kernel tells in any case, so only the last one asks for an answer: thousands of
// acknowledgements would cost as much as the changes.
Result<std::vector<std::size_t>> Socket::request_together(std::span<Message> messages) {
  std::vector<std::size_t> refused;
  std::vector<std::uint32_t> numbers;
  Bytes datagram;
  for (auto& message : messages) {
    auto* head = nlmsg_hdr(message.get());
    head->nlmsg_seq = nl_socket_use_seq(get());
    numbers.push_back(head->nlmsg_seq);
    const bool last = numbers.size() == messages.size();
    const auto flags = static_cast<std::uint16_t>(head->nlmsg_flags & ~NLM_F_ACK);
    head->nlmsg_flags = last ? static_cast<std::uint16_t>(flags | NLM_F_ACK) : flags;
    const auto bytes = message.bytes();
    datagram.insert(datagram.end(), bytes.begin(), bytes.end());
    datagram.resize(NLMSG_ALIGN(datagram.size()), 0);
  }
  if (nl_sendto(get(), datagram.data(), datagram.size()) < 0) return last_error();
  for (bool over = numbers.empty(); !over;) {
    const auto answer = receive();
    if (!answer) return tl::unexpected(answer.error());
    auto rest = answer->bytes();
    while (!rest.empty()) {
      const auto message = next_message(rest);
      if (!message) return tl::unexpected(message.error());
      const auto at = std::ranges::find(numbers, message->sequence);
      if (at == numbers.end() || message->type != NLMSG_ERROR) continue;
      if (!decode_answer(*message)) refused.push_back(static_cast<std::size_t>(at - numbers.begin()));
      over = over || message->sequence == numbers.back();
    }
  }
  return refused;
}

Status Socket::dump(Message& message, const std::function<void()>& start, const Visit& visit) {
  Status status;
  auto pause = kFirstPause;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (attempt > 0) std::this_thread::sleep_for(std::exchange(pause, 2 * pause));
    start();
    status = exchange(message, visit);
    if (status ? !torn_ : status.error().code != ENOBUFS) return in_words(std::move(status));
  }
  if (!status) return in_words(std::move(status));
  return fail_with(EINTR, "the kernel's tables kept changing while they were read");
}

// Reads on to the end even after a refused message: a dump left half read would block the next one (EBUSY).
// Not by nl_recvmsgs(): it has one number for ENOBUFS and ENOMEM and none for the kernel's words, lets pass
// what does not fit its own length, and copies each message into memory of its own (a look at 17 links: 25 us
// become 29).
Status Socket::exchange(Message& message, const Visit& visit) {
  const auto number = send(message);
  if (!number) return tl::unexpected(number.error());
  return hear(*number, visit);
}

Result<std::uint32_t> Socket::send(Message& message) {
  const auto number = nl_socket_use_seq(get());
  nlmsg_hdr(message.get())->nlmsg_seq = number;
  if (nl_send(get(), message.get()) < 0) return last_error();
  return number;
}

Status Socket::hear(std::uint32_t number, const Visit& visit) {
  torn_ = false;
  Status seen;
  while (true) {
    const auto datagram = receive();
    if (!datagram && datagram.error().code == EAGAIN)
      return fail_with(ETIMEDOUT, "the kernel did not answer");
    if (!datagram) return tl::unexpected(datagram.error());
    const auto done = take_all(datagram->bytes(), number, [&](const MessageView& view) {
      if (seen) seen = visit(view);
    });
    if (!done) return tl::unexpected(done.error());
    if (*done) return seen;
  }
}

Result<Datagram> Socket::receive() {
  sockaddr_nl sender{};
  unsigned char* data = nullptr;
  const int size = nl_recv(get(), &sender, &data, nullptr);
  if (size == -NLE_MSG_TRUNC) return fail_with(EMSGSIZE, "answer is longer than {} bytes", kBuffer);
  if (size < 0) return last_error();
  return Datagram{data, static_cast<std::size_t>(size)};
}

Result<bool> Socket::take_all(ByteView datagram, std::uint32_t number,
                              const std::function<void(const MessageView&)>& visit) {
  while (!datagram.empty()) {
    const auto message = next_message(datagram);
    if (!message) return tl::unexpected(message.error());
    if (message->sequence != number) continue;  // of an exchange that was given up
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

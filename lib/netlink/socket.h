// One netlink socket of libnl's: requests with their acknowledgement, dumps with their repetitions. It
// belongs to the network namespace in which it was opened, whatever the process does later.
#pragma once

#include <cstdlib>
#include <functional>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "lib/base/strong.h"
#include "lib/netlink/message.h"

struct nl_sock;

namespace hawser::nl {

// What libnl has read, freed with it.
class Datagram {
 public:
  Datagram(std::uint8_t* data, std::size_t size) : data_(data, std::free), size_(size) {}
  [[nodiscard]] ByteView bytes() const { return {data_.get(), size_}; }

 private:
  std::unique_ptr<std::uint8_t, decltype(&std::free)> data_;
  std::size_t size_;
};

class Socket {
 public:
  // `protocol` is NETLINK_ROUTE, NETLINK_GENERIC or NETLINK_SOCK_DIAG.
  static Result<Socket> open(int protocol);

  // Dumps give what their request names and nothing else (NETLINK_GET_STRICT_CHK, Linux 4.20; before, the
  // asker must sort it out).
  void only_what_is_asked() const;

  // Sends one message (with NLM_F_ACK) and waits for its acknowledgement. The error's code is the kernel's
  // errno; its text the kernel's own words, which are often empty: lib/netlink/explain.h makes a sentence of
  // both. EINTR: the kernel was interrupted, and says nothing more.
  Status request(Message message);

  // Sends several, which must fit one datagram, and waits for the acknowledgement of the last; gives the
  // places of those that were refused. The kernel tries each, in order, whatever became of those before it.
  // An error: it is not known what became of them.
  Result<std::vector<std::size_t>> request_together(std::span<Message> messages);

  // Sends one message (with NLM_F_ACK) and gives what came before the acknowledgement, decoded.
  template <class Decode>
  auto ask(Message message, Decode decode) -> decltype(decode(MessageView{})) {
    decltype(decode(MessageView{})) result = fail("no answer");
    const auto status = exchange(message, [&](const MessageView& view) -> Status {
      result = decode(view);
      return {};
    });
    if (!status) return tl::unexpected(status.error());
    return result;
  }

  // Everything of one dump, decoded by `decode(const MessageView&) -> Result<T>`. A dump that the kernel
  // marks as torn (NLM_F_DUMP_INTR) or whose answers did not fit (ENOBUFS) is taken again, a few times.
  template <class Decode, class T = typename std::invoke_result_t<Decode, const MessageView&>::value_type>
  Result<std::vector<T>> collect(Message message, Decode decode) {
    std::vector<T> all;
    const auto status = dump(
        message, [&] { all.clear(); },
        [&](const MessageView& view) -> Status {
          auto one = decode(view);
          if (!one) return tl::unexpected(one.error());
          all.push_back(std::move(*one));
          return {};
        });
    if (!status) return tl::unexpected(status.error());
    return all;
  }

  // The index of an interface in the socket's own namespace; an error with ENODEV when there is none.
  [[nodiscard]] Result<IfIndex> index_of(const std::string& name) const;

  // The number of a generic netlink family in the running kernel; an error with ENOENT when there is none.
  Result<std::uint16_t> number_of(const char* family);

  // The next datagram: messages one after another. An error with EAGAIN: there is none now, or none came
  // within ten seconds; with ENOBUFS or EMSGSIZE: some are lost.
  Result<Datagram> receive();

  [[nodiscard]] int fd() const;
  // By which the kernel knows it (nlmsg_pid of what it answers and of what it tells others of its requests).
  [[nodiscard]] std::uint32_t port() const;
  // For what the monitor does beside all this.
  [[nodiscard]] nl_sock* get() { return socket_.get(); }

 private:
  using Visit = std::function<Status(const MessageView&)>;
  struct Free {
    void operator()(nl_sock* socket) const;
  };

  explicit Socket(nl_sock* socket);
  Status dump(Message& message, const std::function<void()>& start, const Visit& visit);
  Status exchange(Message& message, const Visit& visit);
  Result<std::uint32_t> send(Message& message);  // its number
  Status hear(std::uint32_t number, const Visit& visit);
  // True when the exchange of that number is over.
  Result<bool> take_all(ByteView datagram, std::uint32_t number,
                        const std::function<void(const MessageView&)>& visit);

  std::unique_ptr<nl_sock, Free> socket_;
  bool torn_ = false;
};

}  // namespace hawser::nl

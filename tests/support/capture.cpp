#include "tests/support/capture.h"

#include <atomic>
#include <mutex>
#include <thread>

#include <pcap/pcap.h>

#include "tests/support/failure.h"

namespace hawser::lab {
namespace {

struct Closer {
  void operator()(pcap_t* handle) const { ::pcap_close(handle); }
  void operator()(pcap_dumper_t* dumper) const { ::pcap_dump_close(dumper); }
};
using Handle = std::unique_ptr<pcap_t, Closer>;
using Dumper = std::unique_ptr<pcap_dumper_t, Closer>;

void set_filter(pcap_t* handle, const std::string& text) {
  bpf_program program{};
  if (::pcap_compile(handle, &program, text.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0)
    give_up("filter \"{}\": {}", text, ::pcap_geterr(handle));
  const int set = ::pcap_setfilter(handle, &program);
  ::pcap_freecode(&program);
  if (set != 0) give_up("filter \"{}\": {}", text, ::pcap_geterr(handle));
}

// The filter is compiled for the device's link type, known only once it is active: what came before is
// dropped.
Handle open(const std::string& interface, const std::string& filter) {
  std::array<char, PCAP_ERRBUF_SIZE> why{};
  Handle handle(::pcap_create(interface.c_str(), why.data()));
  if (!handle) give_up("{}: capture: {}", interface, why.data());
  ::pcap_set_snaplen(handle.get(), 65535);
  ::pcap_set_promisc(handle.get(), 1);
  ::pcap_set_immediate_mode(handle.get(), 1);
  ::pcap_set_timeout(handle.get(), 10);
  ::pcap_set_buffer_size(handle.get(), 16 << 20);
  if (::pcap_activate(handle.get()) < 0) give_up("{}: capture: {}", interface, ::pcap_geterr(handle.get()));
  if (!filter.empty()) set_filter(handle.get(), filter);
  if (::pcap_setnonblock(handle.get(), 1, why.data()) != 0) give_up("{}: capture: {}", interface, why.data());
  return handle;
}

}  // namespace

struct Capture::State {
  Handle handle;
  Dumper dumper;
  mutable std::mutex mutex;
  std::vector<Packet> packets;
  std::atomic<bool> stopping{false};
  std::thread thread;

  void take();
  void loop();
  static void keep(u_char* self, const pcap_pkthdr* header, const u_char* bytes);
};

void Capture::State::keep(u_char* self, const pcap_pkthdr* header, const u_char* bytes) {
  State& state = *reinterpret_cast<State*>(self);
  const auto time = std::chrono::seconds(header->ts.tv_sec) + std::chrono::microseconds(header->ts.tv_usec);
  const std::lock_guard lock(state.mutex);
  state.packets.push_back({time, {bytes, bytes + header->caplen}});
  if (state.dumper) ::pcap_dump(reinterpret_cast<u_char*>(state.dumper.get()), header, bytes);
}

void Capture::State::take() {
  ::pcap_dispatch(handle.get(), -1, &State::keep, reinterpret_cast<u_char*>(this));
}

void Capture::State::loop() {
  while (!stopping) {
    take();
    std::this_thread::sleep_for(1ms);
  }
  // What arrived before stop() was called is in the ring by now.
  take();
}

Capture::Capture(const Namespace& where, const std::string& interface, const Options& options)
    : state_{std::make_unique<State>()} {
  state_->handle = where.inside([&] { return open(interface, options.filter); });
  if (!options.file.empty()) {
    state_->dumper.reset(::pcap_dump_open(state_->handle.get(), options.file.c_str()));
    if (!state_->dumper) give_up("{}: {}", options.file.string(), ::pcap_geterr(state_->handle.get()));
  }
  state_->thread = std::thread([state = state_.get()] { state->loop(); });
}

Capture::Capture(Capture&&) noexcept = default;

Capture::~Capture() {
  if (state_) stop();
}

std::vector<Packet> Capture::packets() const {
  const std::lock_guard lock(state_->mutex);
  return state_->packets;
}

size_t Capture::count() const {
  const std::lock_guard lock(state_->mutex);
  return state_->packets.size();
}

void Capture::stop() {
  state_->stopping = true;
  if (state_->thread.joinable()) state_->thread.join();
  if (state_->dumper) ::pcap_dump_flush(state_->dumper.get());
}

}  // namespace hawser::lab

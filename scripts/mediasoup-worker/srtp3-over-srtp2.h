// The part of libsrtp 3 that mediasoup's worker uses, over libsrtp 2. C++ only: what is new here are
// overloads beside the C functions of the same name.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

// The name stands for an opaque pointer in version 3 and for the struct itself in version 2.
#define srtp_policy_t srtp2_policy_struct
#include <srtp2/srtp.h>
#undef srtp_policy_t

constexpr auto srtp_err_status_buffer_small = static_cast<srtp_err_status_t>(28);
constexpr auto srtp_err_status_cryptex_err  = static_cast<srtp_err_status_t>(29);

// --- packets: version 2 works in place, version 3 from one buffer to another -----------------

namespace srtp3_over_srtp2
{
	using InPlace = srtp_err_status_t (*)(srtp_t, void*, int*);

	// `growth`: octets that the packet may become longer by.
	inline srtp_err_status_t run(
	  InPlace work,
	  srtp_t session,
	  const uint8_t* in,
	  size_t inLength,
	  uint8_t* out,
	  size_t* outLength,
	  size_t growth)
	{
		if (*outLength < inLength + growth)
		{
			return srtp_err_status_buffer_small;
		}

		if (out != in)
		{
			std::memmove(out, in, inLength);
		}

		int length        = static_cast<int>(inLength);
		const auto status = work(session, out, &length);

		*outLength = status == srtp_err_status_ok ? static_cast<size_t>(length) : 0;

		return status;
	}

	// The index of SRTCP, 4 octets, stands before the tag.
	constexpr size_t RtpGrowth{ SRTP_MAX_TRAILER_LEN };
	constexpr size_t RtcpGrowth{ SRTP_MAX_TRAILER_LEN + 4 };
} // namespace srtp3_over_srtp2

inline srtp_err_status_t srtp_protect(
  srtp_t session, const uint8_t* in, size_t inLength, uint8_t* out, size_t* outLength, size_t /*mki*/)
{
	using namespace srtp3_over_srtp2;

	return run(::srtp_protect, session, in, inLength, out, outLength, RtpGrowth);
}

inline srtp_err_status_t srtp_protect_rtcp(
  srtp_t session, const uint8_t* in, size_t inLength, uint8_t* out, size_t* outLength, size_t /*mki*/)
{
	using namespace srtp3_over_srtp2;

	return run(::srtp_protect_rtcp, session, in, inLength, out, outLength, RtcpGrowth);
}

inline srtp_err_status_t srtp_unprotect(
  srtp_t session, const uint8_t* in, size_t inLength, uint8_t* out, size_t* outLength)
{
	using namespace srtp3_over_srtp2;

	return run(::srtp_unprotect, session, in, inLength, out, outLength, 0);
}

inline srtp_err_status_t srtp_unprotect_rtcp(
  srtp_t session, const uint8_t* in, size_t inLength, uint8_t* out, size_t* outLength)
{
	using namespace srtp3_over_srtp2;

	return run(::srtp_unprotect_rtcp, session, in, inLength, out, outLength, 0);
}

inline srtp_err_status_t srtp_stream_remove(srtp_t session, uint32_t ssrcInNetworkOrder)
{
	return srtp_remove_stream(session, ssrcInNetworkOrder);
}

// --- policies: opaque objects that own their key -----------------------------------------------

struct Srtp3Policy
{
	srtp2_policy_struct inner{};
	uint8_t key[SRTP_MAX_KEY_LEN]{};
};

using srtp_policy_t = Srtp3Policy*;

inline srtp_err_status_t srtp_policy_create(srtp_policy_t* policy)
{
	*policy = new (std::nothrow) Srtp3Policy();

	return *policy == nullptr ? srtp_err_status_alloc_fail : srtp_err_status_ok;
}

inline void srtp_policy_destroy(srtp_policy_t policy)
{
	if (policy == nullptr)
	{
		return;
	}

	std::memset(policy->key, 0, sizeof(policy->key));
	delete policy;
}

inline srtp_err_status_t srtp_policy_set_ssrc(srtp_policy_t policy, srtp_ssrc_t ssrc)
{
	policy->inner.ssrc = ssrc;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_profile(srtp_policy_t policy, srtp_profile_t profile)
{
	const auto status = srtp_crypto_policy_set_from_profile_for_rtp(&policy->inner.rtp, profile);

	if (status != srtp_err_status_ok)
	{
		return status;
	}

	return srtp_crypto_policy_set_from_profile_for_rtcp(&policy->inner.rtcp, profile);
}

inline srtp_err_status_t srtp_policy_add_key(
  srtp_policy_t policy,
  const uint8_t* key,
  size_t keyLength,
  const uint8_t* salt,
  size_t saltLength,
  const uint8_t* /*mki*/,
  size_t mkiLength)
{
	if (mkiLength != 0 || keyLength + saltLength > sizeof(policy->key))
	{
		return srtp_err_status_bad_param;
	}

	std::memcpy(policy->key, key, keyLength);
	std::memcpy(policy->key + keyLength, salt, saltLength);
	policy->inner.key = policy->key;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_allow_repeat_tx(srtp_policy_t policy, bool allow)
{
	policy->inner.allow_repeat_tx = allow ? 1 : 0;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_window_size(srtp_policy_t policy, size_t packets)
{
	policy->inner.window_size = packets;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_create(srtp_t* session, srtp_policy_t policy)
{
	return srtp_create(session, static_cast<const srtp2_policy_struct*>(&policy->inner));
}

//! The ciphers of SRTP (RFC 3711, RFC 7714).

use aes::{
    Aes128, Aes256,
    cipher::{BlockCipherEncrypt as _, KeyInit as _, KeyIvInit as _, StreamCipher as _},
};
use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, Algorithm, LessSafeKey, Nonce, Tag, UnboundKey};
use str0m::crypto::{
    AeadAes128GcmCipher, AeadAes256GcmCipher, Aes128CmSha1_80Cipher, CryptoError, SrtpProvider,
    SupportedAeadAes128Gcm, SupportedAeadAes256Gcm, SupportedAes128CmSha1_80,
};

/// Length of the authentication tag of GCM.
const TAG: usize = 16;

#[derive(Debug)]
pub(super) struct Srtp;

impl SrtpProvider for Srtp {
    fn aes_128_cm_sha1_80(&self) -> &'static dyn SupportedAes128CmSha1_80 {
        &Self
    }

    fn aead_aes_128_gcm(&self) -> &'static dyn SupportedAeadAes128Gcm {
        &Self
    }

    fn aead_aes_256_gcm(&self) -> &'static dyn SupportedAeadAes256Gcm {
        &Self
    }

    fn srtp_aes_128_ecb_round(&self, key: &[u8], input: &[u8], output: &mut [u8]) {
        let cipher = Aes128::new_from_slice(key);
        round(
            cipher.ok().as_ref().map(|cipher| |block: &mut [u8; 16]| cipher.encrypt_block(block.into())),
            input,
            output,
        );
    }

    fn srtp_aes_256_ecb_round(&self, key: &[u8], input: &[u8], output: &mut [u8]) {
        let cipher = Aes256::new_from_slice(key);
        round(
            cipher.ok().as_ref().map(|cipher| |block: &mut [u8; 16]| cipher.encrypt_block(block.into())),
            input,
            output,
        );
    }
}

/// Encrypts the one block that the derivation of keys takes. str0m passes keys and blocks of the right length; with others the
/// output stays as it is, and no packet can be read.
fn round(encrypt: Option<impl Fn(&mut [u8; 16])>, input: &[u8], output: &mut [u8]) {
    if let (Some(encrypt), Ok(mut block)) = (encrypt, <[u8; 16]>::try_from(&input[..input.len().min(16)])) {
        encrypt(&mut block);
        output[..16].copy_from_slice(&block);
    }
}

impl SupportedAes128CmSha1_80 for Srtp {
    fn create_cipher(&self, key: [u8; 16], _encrypt: bool) -> Box<dyn Aes128CmSha1_80Cipher> {
        Box::new(CounterMode(key))
    }
}

impl SupportedAeadAes128Gcm for Srtp {
    fn create_cipher(&self, key: [u8; 16], _encrypt: bool) -> Box<dyn AeadAes128GcmCipher> {
        Box::new(Gcm::new(&AES_128_GCM, &key))
    }
}

impl SupportedAeadAes256Gcm for Srtp {
    fn create_cipher(&self, key: [u8; 32], _encrypt: bool) -> Box<dyn AeadAes256GcmCipher> {
        Box::new(Gcm::new(&AES_256_GCM, &key))
    }
}

/// AES in counter mode; its HMAC is computed by str0m.
struct CounterMode([u8; 16]);

impl std::fmt::Debug for CounterMode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("CounterMode")
    }
}

impl CounterMode {
    fn apply(&self, iv: &[u8; 16], input: &[u8], output: &mut [u8]) -> Result<(), CryptoError> {
        let output = output.get_mut(..input.len()).ok_or_else(too_short)?;
        ctr::Ctr128BE::<Aes128>::new(&self.0.into(), iv.into()).apply_keystream_b2b(input, output);
        Ok(())
    }
}

impl Aes128CmSha1_80Cipher for CounterMode {
    fn encrypt(&mut self, iv: &[u8; 16], input: &[u8], output: &mut [u8]) -> Result<(), CryptoError> {
        self.apply(iv, input, output)
    }

    fn decrypt(&mut self, iv: &[u8; 16], input: &[u8], output: &mut [u8]) -> Result<(), CryptoError> {
        self.apply(iv, input, output)
    }
}

/// AES-GCM; `None`: the key was not one. ring hides the key from `Debug`.
#[derive(Debug)]
struct Gcm(Option<LessSafeKey>);

impl Gcm {
    fn new(algorithm: &'static Algorithm, key: &[u8]) -> Self {
        Self(UnboundKey::new(algorithm, key).ok().map(LessSafeKey::new))
    }

    fn key(&self) -> Result<&LessSafeKey, CryptoError> {
        self.0.as_ref().ok_or_else(|| CryptoError::Other("no key of AES-GCM".to_owned()))
    }

    fn seal(&self, iv: [u8; 12], aad: &[u8], input: &[u8], output: &mut [u8]) -> Result<(), CryptoError> {
        let (text, tag) = output
            .get_mut(..input.len() + TAG)
            .and_then(|output| output.split_at_mut_checked(input.len()))
            .ok_or_else(too_short)?;
        text.copy_from_slice(input);
        let made = self
            .key()?
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(iv), Aad::from(aad), text)
            .map_err(|_| CryptoError::Other("a packet cannot be encrypted".to_owned()))?;
        tag.copy_from_slice(made.as_ref());
        Ok(())
    }

    fn open(
        &self,
        iv: [u8; 12],
        aads: &[&[u8]],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<usize, CryptoError> {
        let not_authentic = || CryptoError::Other("a packet is not authentic".to_owned());
        let length = input.len().checked_sub(TAG).ok_or_else(not_authentic)?;
        let (text, tag) = input.split_at(length);
        let output = output.get_mut(..length).ok_or_else(too_short)?;
        output.copy_from_slice(text);
        let (nonce, tag) =
            (Nonce::assume_unique_for_key(iv), Tag::try_from(tag).map_err(|_| not_authentic())?);
        // One part is the rule, and then nothing is copied.
        let opened = match aads {
            [aad] => self.key()?.open_in_place_separate_tag(nonce, Aad::from(*aad), tag, output, 0..),
            parts => {
                self.key()?.open_in_place_separate_tag(nonce, Aad::from(parts.concat()), tag, output, 0..)
            }
        };
        opened.map(|_| length).map_err(|_| not_authentic())
    }
}

/// str0m has a trait for each length of the key.
macro_rules! gcm_cipher {
    ($cipher:ident) => {
        impl $cipher for Gcm {
            fn encrypt(
                &mut self,
                iv: &[u8; 12],
                aad: &[u8],
                input: &[u8],
                output: &mut [u8],
            ) -> Result<(), CryptoError> {
                self.seal(*iv, aad, input, output)
            }

            fn decrypt(
                &mut self,
                iv: &[u8; 12],
                aads: &[&[u8]],
                input: &[u8],
                output: &mut [u8],
            ) -> Result<usize, CryptoError> {
                self.open(*iv, aads, input, output)
            }
        }
    };
}

gcm_cipher!(AeadAes128GcmCipher);
gcm_cipher!(AeadAes256GcmCipher);

fn too_short() -> CryptoError {
    CryptoError::Other("the buffer of a packet is too short".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes<const N: usize>(hex: &str) -> [u8; N] {
        let mut bytes = [0; N];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&hex[2 * index..2 * index + 2], 16).unwrap();
        }
        bytes
    }

    // RFC 3711, B.3: the cipher key that is derived from the master key, whose label is 0.
    #[test]
    fn keys_are_derived_as_the_standard_says() {
        let master: [u8; 16] = bytes("E1F97A0D3E018BE0D64FA32C06DE4139");
        let block: [u8; 16] = bytes("0EC675AD498AFEEBB6960B3AABE60000");
        let mut key = [0; 16];
        Srtp.srtp_aes_128_ecb_round(&master, &block, &mut key);
        assert_eq!(key, bytes("C61E7A93744F39EE10734AFE3FF7A087"));
    }

    // RFC 3711, B.2.
    #[test]
    fn the_counter_mode_gives_the_key_stream_of_the_standard() {
        let cipher = CounterMode(bytes("2B7E151628AED2A6ABF7158809CF4F3C"));
        let mut output = [0; 32];
        cipher.apply(&bytes("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000"), &[0; 32], &mut output).unwrap();
        assert_eq!(output, bytes::<32>("E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB"));
        assert!(cipher.apply(&[0; 16], &[0; 32], &mut [0; 31]).is_err());
    }

    #[test]
    fn a_changed_packet_is_refused() {
        let cipher = Gcm::new(&AES_128_GCM, &[7; 16]);
        let mut sealed = [0; 5 + TAG];
        cipher.seal([1; 12], b"header", b"voice", &mut sealed).unwrap();
        let mut opened = [0; 5];
        assert_eq!(cipher.open([1; 12], &[b"head", b"er"], &sealed, &mut opened).unwrap(), 5);
        assert_eq!(&opened, b"voice");
        assert!(cipher.open([1; 12], &[b"header!"], &sealed, &mut opened).is_err());
        sealed[0] ^= 1;
        assert!(cipher.open([1; 12], &[b"header"], &sealed, &mut opened).is_err());
    }
}
